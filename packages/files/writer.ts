import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import { blobId, inFormOf, readText, valueId, yamlComments, type DiskText } from './content';
import { formatContent } from './format';
import { lockKey, lockName, parseLock, pathOfKey, serialiseLock, type Lock, type LockEntry } from './lock';
import { mergeJson } from './merge-json';
import { mergeLines } from './merge-lines';
import { checkPath } from './paths';
import { mergeThreeWay } from './three-way';
import type { RenderedFile, WriteResult } from './types';

export interface WriteRequest {
  /** Folder of the description that the files come from; its lock lies there. */
  readonly owner: string;
  readonly files: readonly RenderedFile[];
  /** Output family. Files that this family generated before and does not render any more are removed. */
  readonly scope: string;
  /** Takes the generated text where the user's and ours conflict. */
  readonly force?: boolean;
  /** Text of a git blob, or null where the repository does not have it. */
  readonly baseOf: (blobId: string) => string | null;
}

export interface WriteReport {
  readonly results: readonly WriteResult[];
  /** The results whose action is `conflict`. Their files are untouched. */
  readonly conflicts: readonly WriteResult[];
}

type Outcome = { readonly result: WriteResult; readonly entry?: LockEntry };

/**
 * Writes rendered files into the tree: the only way a generated file gets there. Never destroys what the user wrote; writes nothing where nothing
 * changes. Conflicts are reported, their files stay as they are.
 * @throws FileError on a path that leaves the workspace or a broken lock, before anything is written
 */
export async function writeFiles(tree: Tree, request: WriteRequest): Promise<WriteReport> {
  const files = request.files.map((file) => ({ ...file, path: checkPath(file.path) }));
  // A project may lie at the root of the workspace.
  const owner = request.owner === '.' ? '.' : checkPath(request.owner);
  const lockPath = posix.join(owner, lockName);
  const lock = parseLock(lockPath, tree.read(lockPath, 'utf-8'));
  const next = new Map<string, LockEntry>();
  for (const [key, entry] of lock) if (entry.scope !== request.scope) next.set(key, entry);

  const results: WriteResult[] = [];
  for (const file of files) {
    const key = lockKey(request.owner, file.path);
    const { result, entry } = await writeFile(tree, file, lock.get(key), request);
    if (entry) next.set(key, entry);
    results.push(result);
  }
  const rendered = new Set(files.map(({ path }) => lockKey(request.owner, path)));
  for (const [key, entry] of lock) {
    if (entry.scope === request.scope && !rendered.has(key))
      results.push(removeStale(tree, pathOfKey(request.owner, key), entry));
  }
  writeLock(tree, lockPath, lock, next);
  return { results, conflicts: results.filter(({ action }) => action === 'conflict') };
}

async function writeFile(
  tree: Tree,
  file: RenderedFile,
  locked: LockEntry | undefined,
  request: WriteRequest,
): Promise<Outcome> {
  const raw = tree.read(file.path, 'utf-8');
  if (file.ownership === 'shared') return { result: writeShared(tree, file, raw) };
  if (file.ownership === 'scaffolded') {
    if (raw !== null) return { result: { path: file.path, action: 'kept' } };
    return { result: put(tree, file, await formatContent(tree.root, file), null, 'created') };
  }
  const rendered = await formatContent(tree.root, file);
  const entry = entryOf(file.path, rendered, request.scope);
  if (raw === null) return { result: put(tree, file, rendered, null, 'created'), entry };
  const disk = readText(raw);
  if (disk.text === rendered) return { result: { path: file.path, action: 'unchanged' }, entry };
  if (request.force) return { result: put(tree, file, rendered, disk, 'updated'), entry };
  if (!locked) return unknownFile(file, disk, entry);
  if (sameAs(locked, entry)) return { result: keptOrUnchanged(file, disk, locked), entry: locked };
  return mergeInto(tree, file, disk, rendered, locked, entry, request);
}

/** A file that was there before us: its text is the user's, unless it says the same as ours. */
function unknownFile(file: RenderedFile, disk: DiskText, entry: LockEntry): Outcome {
  if (entry.value && valueId(file.path, disk.text) === entry.value)
    return { result: { path: file.path, action: 'unchanged' }, entry };
  return { result: { path: file.path, action: 'conflict', conflicts: [] } };
}

function keptOrUnchanged(file: RenderedFile, disk: DiskText, locked: LockEntry): WriteResult {
  return { path: file.path, action: isUnedited(file.path, disk, locked) ? 'unchanged' : 'kept' };
}

function mergeInto(
  tree: Tree,
  file: RenderedFile,
  disk: DiskText,
  rendered: string,
  locked: LockEntry,
  entry: LockEntry,
  request: WriteRequest,
): Outcome {
  if (blobId(disk.text) === locked.blob) return { result: put(tree, file, rendered, disk, 'updated'), entry };
  const base = locked.base ?? baseText(request, locked.blob);
  const merged = base === null ? null : mergeThreeWay(base, disk.text, rendered);
  if (merged?.clean) {
    const kept = merged.text === rendered ? entry : { ...entry, base: rendered };
    return { result: put(tree, file, merged.text, disk, 'merged'), entry: kept };
  }
  // Formatted otherwise, same value, no comment of the user's own: nothing of theirs is lost.
  if (isUnedited(file.path, disk, locked) && !hasOwnComments(disk.text, base ?? rendered))
    return { result: put(tree, file, rendered, disk, 'updated'), entry };
  const conflicts = merged?.conflicts ?? [];
  return { result: { path: file.path, action: 'conflict', conflicts }, entry: locked };
}

function baseText(request: WriteRequest, id: string): string | null {
  const text = request.baseOf(id);
  return text === null ? null : readText(text).text;
}

function hasOwnComments(text: string, generated: string): boolean {
  const ours = new Set(yamlComments(generated));
  return yamlComments(text).some((comment) => !ours.has(comment));
}

function isUnedited(path: string, disk: DiskText, locked: LockEntry): boolean {
  return (
    blobId(disk.text) === locked.blob ||
    (locked.value !== undefined && valueId(path, disk.text) === locked.value)
  );
}

/** Whether the template still gives what it gave: by value where the value is known, since the user's prettier may have changed. */
function sameAs(locked: LockEntry, entry: LockEntry): boolean {
  return locked.blob === entry.blob || (locked.value !== undefined && locked.value === entry.value);
}

function entryOf(path: string, text: string, scope: string): LockEntry {
  const value = valueId(path, text);
  return { scope, blob: blobId(text), ...(value === null ? {} : { value }) };
}

function put(
  tree: Tree,
  file: RenderedFile,
  text: string,
  form: DiskText | null,
  action: WriteResult['action'],
): WriteResult {
  tree.write(file.path, inFormOf(text, form), file.mode === undefined ? undefined : { mode: file.mode });
  return { path: file.path, action };
}

function writeShared(tree: Tree, file: RenderedFile, raw: string | null): WriteResult {
  const merged = file.path.endsWith('.json')
    ? mergeJson(raw, JSON.parse(file.content) as Record<string, unknown>, file.path)
    : mergeLines(raw, file.content.split('\n').filter(Boolean));
  if (merged === raw) return { path: file.path, action: 'unchanged' };
  return put(tree, file, merged, null, raw === null ? 'created' : 'updated');
}

function removeStale(tree: Tree, path: string, locked: LockEntry): WriteResult {
  const raw = tree.read(path, 'utf-8');
  if (raw === null) return { path, action: 'unchanged' };
  if (!isUnedited(path, readText(raw), locked)) return { path, action: 'kept' };
  tree.delete(path);
  return { path, action: 'deleted' };
}

function writeLock(tree: Tree, path: string, before: Lock, after: Lock): void {
  const text = serialiseLock(after);
  if (text === serialiseLock(before)) return;
  if (after.size === 0) {
    if (tree.exists(path)) tree.delete(path);
    return;
  }
  tree.write(path, text);
}
