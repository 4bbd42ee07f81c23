import { blobId, isWellFormed, readText, valueId, yamlComments, type DiskText } from './content';
import { baseInLock, type LockEntry } from './lock';
import { mergeThreeWay } from './three-way';
import type { WriteResult } from './types';

/** What is known of one generated file before it is written. */
export interface GeneratedFile {
  readonly path: string;
  readonly rendered: string;
  /** The file as it is; null where there is none, `not-text` where it is not UTF-8. */
  readonly disk: DiskText | 'not-text' | null;
  /** What was generated last, if this file is ours. */
  readonly locked: LockEntry | undefined;
  /** What the lock holds once the rendered text is generated. */
  readonly entry: LockEntry;
  readonly force?: boolean | undefined;
  readonly keep?: boolean | undefined;
  readonly baseOf: (blobId: string) => string | null;
}

/** What to do with it: the text to write, if any, and what the lock holds from then on. */
export interface Decision extends Omit<WriteResult, 'path'> {
  readonly text?: string;
  readonly entry: LockEntry | undefined;
}

/** The law of ownership for generated files: nothing that the user wrote is lost unless they said so. Writes nothing itself. */
export function decide(file: GeneratedFile): Decision {
  const { disk, locked, rendered, entry, path } = file;
  if (disk === null) return { action: 'created', text: rendered, entry };
  if (disk === 'not-text') return chooseOne(file, 'not-text');
  if (disk.text === rendered) return { action: 'unchanged', entry };
  if (!locked) {
    const isSame = entry.value !== undefined && valueId(path, disk.text) === entry.value;
    return isSame ? { action: 'unchanged', entry } : chooseOne(file, 'foreign');
  }
  if (isSameTemplate(locked, entry)) return keepUnderSameTemplate(file, disk, locked);
  if (blobId(disk.text) === locked.blob) return { action: 'updated', text: rendered, entry };
  return merge(file, disk, locked);
}

/** What the lock holds of a text that was generated. */
export function entryOf(path: string, text: string, scope: string): LockEntry {
  const value = valueId(path, text);
  return { scope, blob: blobId(text), ...(value === null ? {} : { value }) };
}

/** Whether a file says what was generated: for YAML and JSON, whether it has the same value. */
export function isUnedited(path: string, disk: DiskText, locked: LockEntry): boolean {
  return (
    blobId(disk.text) === locked.blob ||
    (locked.value !== undefined && valueId(path, disk.text) === locked.value)
  );
}

/** Whether the template still gives what it gave: by value where the value is known, since the user's prettier may have changed. */
function isSameTemplate(locked: LockEntry, entry: LockEntry): boolean {
  return locked.blob === entry.blob || (locked.value !== undefined && locked.value === entry.value);
}

/** The user's file stays. Only a new comment of ours still reaches a file that nobody touched. */
function keepUnderSameTemplate(
  { path, rendered, entry }: GeneratedFile,
  disk: DiskText,
  locked: LockEntry,
): Decision {
  const comments = yamlComments(rendered).join('\n');
  if (blobId(disk.text) === locked.blob && comments !== yamlComments(disk.text).join('\n'))
    return { action: 'updated', text: rendered, entry };
  return { action: isUnedited(path, disk, locked) ? 'unchanged' : 'kept', entry: locked };
}

function merge(file: GeneratedFile, disk: DiskText, locked: LockEntry): Decision {
  const { path, rendered, entry, force, keep } = file;
  const base = baseInLock(locked) ?? baseInGit(file, locked);
  const merged = base === null ? null : mergeThreeWay(base, disk.text, rendered);
  if (merged?.clean && isSound(file, disk, merged.text)) return accept(file, disk, merged.text);
  // Formatted otherwise, same value, no comment of the user's own: nothing of theirs is lost.
  if (isUnedited(path, disk, locked) && !hasOwnComments(disk.text, base ?? rendered))
    return { action: 'updated', text: rendered, entry };
  if (base === null) return chooseOne(file, 'no-base');
  if (force || keep) {
    const settled = mergeThreeWay(base, disk.text, rendered, force ? 'rendered' : 'user');
    if (settled.clean && isSound(file, disk, settled.text)) return accept(file, disk, settled.text);
  } else if (merged?.clean === false) {
    return { action: 'conflict', conflicts: merged.conflicts, entry: locked };
  }
  return chooseOne(file, 'malformed');
}

/** A merge of two texts that parse can be one that does not: the same key added in two places. */
function isSound({ path, rendered }: GeneratedFile, disk: DiskText, text: string): boolean {
  return text === rendered || isWellFormed(path, text) || !isWellFormed(path, disk.text);
}

function accept({ rendered, entry }: GeneratedFile, disk: DiskText, text: string): Decision {
  if (text === rendered) return { action: 'updated', text, entry };
  // The rendered text lies in no file, so git will not have it: the lock carries the base of the next merge.
  const next = { ...entry, base: rendered };
  return text === disk.text ? { action: 'kept', entry: next } : { action: 'merged', text, entry: next };
}

/** There is no telling the user's lines from ours: one of the two texts as a whole, if the user said which; else a conflict. */
function chooseOne(
  { rendered, entry, locked, force, keep }: GeneratedFile,
  reason: NonNullable<WriteResult['reason']>,
): Decision {
  if (force) return { action: 'updated', text: rendered, entry };
  if (keep) return { action: 'kept', entry: { ...entry, base: rendered } };
  return { action: 'conflict', conflicts: [], reason, entry: locked };
}

function baseInGit({ baseOf }: GeneratedFile, { blob }: LockEntry): string | null {
  const text = baseOf(blob);
  return text === null ? null : readText(text).text;
}

function hasOwnComments(text: string, generated: string): boolean {
  const ours = new Set(yamlComments(generated));
  return yamlComments(text).some((comment) => !ours.has(comment));
}
