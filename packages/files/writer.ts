import { isUtf8 } from 'node:buffer';
import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import { blobId, inFormOf, isWellFormed, readText, valueId, yamlComments, type DiskText } from './content';
import { formatContent } from './format';
import {
  baseInLock,
  lockKey,
  lockName,
  parseLock,
  pathOfKey,
  serialiseLock,
  type Lock,
  type LockEntry,
} from './lock';
import { mergeJson } from './merge-json';
import { mergeLines } from './merge-lines';
import { checkLinks, checkPath, FileError } from './paths';
import { mergeThreeWay } from './three-way';
import type { RenderedFile, WriteResult } from './types';

export interface WriteRequest {
  /** Folder of the description that the files come from; its lock lies there. */
  readonly owner: string;
  readonly files: readonly RenderedFile[];
  /** Output family. Files that this family generated before and does not render any more are removed. */
  readonly scope: string;
  /** Takes the generated lines where the user's and ours conflict; the user's other edits stay. */
  readonly force?: boolean;
  /** Keeps the user's lines where the user's and ours conflict, and remembers that: the same conflict is not reported again. */
  readonly keep?: boolean;
  /** Text of a git blob, or null where the repository does not have it. */
  readonly baseOf: (blobId: string) => string | null;
}

export interface WriteReport {
  readonly results: readonly WriteResult[];
  /** The results whose action is `conflict`. Their files are untouched. */
  readonly conflicts: readonly WriteResult[];
}

type Outcome = { readonly result: WriteResult; readonly entry?: LockEntry | undefined };

/**
 * Writes rendered files into the tree: the only way a generated file gets there. Never destroys what the user wrote; writes nothing where nothing
 * changes. Conflicts are reported, their files stay as they are.
 * @throws FileError on a path that leaves the workspace or a broken lock, before anything is written
 */
export async function writeFiles(tree: Tree, request: WriteRequest): Promise<WriteReport> {
  if (request.force && request.keep)
    throw new FileError('--force and --keep exclude each other. Use one of them.');
  const files = request.files.map((file) => ({ ...file, path: checkPlace(tree, file.path) }));
  // A project may lie at the root of the workspace.
  const owner = request.owner === '.' ? '.' : checkPath(request.owner);
  const lockPath = checkPlace(tree, posix.join(owner, lockName));
  const lock = parseLock(lockPath, tree.read(lockPath, 'utf-8'));
  const rendered = new Set(files.map(({ path }) => lockKey(owner, path)));
  const stale = [...lock]
    .filter(([key, { scope }]) => scope === request.scope && !rendered.has(key))
    .map(([key, entry]) => ({ key, entry, path: checkPlace(tree, pathOfKey(owner, key)) }));
  const next = new Map<string, LockEntry>();
  for (const [key, entry] of lock) if (entry.scope !== request.scope) next.set(key, entry);

  const results: WriteResult[] = [];
  for (const file of files) {
    const key = lockKey(owner, file.path);
    const { result, entry } = await writeFile(tree, file, lock.get(key), request);
    if (entry) next.set(key, entry);
    results.push(result);
  }
  for (const { key, entry, path } of stale) {
    const result = removeStale(tree, path, entry);
    if (result.action === 'kept') next.set(key, entry);
    results.push(result);
  }
  writeLock(tree, lockPath, lock, next);
  return { results, conflicts: results.filter(({ action }) => action === 'conflict') };
}

/** @throws FileError where a file cannot lie at this path */
function checkPlace(tree: Tree, path: string): string {
  const place = checkPath(path);
  checkLinks(tree.root, place);
  if (tree.exists(place) && !tree.isFile(place))
    throw new FileError(`${place}: is a folder, and a file of this name is generated. Rename the folder.`);
  return place;
}

async function writeFile(
  tree: Tree,
  file: RenderedFile,
  locked: LockEntry | undefined,
  request: WriteRequest,
): Promise<Outcome> {
  const bytes = tree.read(file.path);
  if (file.ownership === 'scaffolded') {
    if (bytes !== null) return { result: { path: file.path, action: 'kept' } };
    return { result: put(tree, file, await formatContent(tree.root, file), null, 'created') };
  }
  const raw = bytes === null ? null : isUtf8(bytes) ? bytes.toString('utf8') : undefined;
  if (file.ownership === 'shared') return { result: writeShared(tree, file, raw) };
  const rendered = await formatContent(tree.root, file);
  const entry = entryOf(file.path, rendered, request.scope);
  if (raw === null) return { result: put(tree, file, rendered, null, 'created'), entry };
  if (raw === undefined) return unmergeable(tree, file, null, entry, rendered, locked, 'not-text', request);
  const disk = readText(raw);
  if (disk.text === rendered) return { result: { path: file.path, action: 'unchanged' }, entry };
  if (!locked) {
    if (entry.value && valueId(file.path, disk.text) === entry.value)
      return { result: { path: file.path, action: 'unchanged' }, entry };
    return unmergeable(tree, file, disk, entry, rendered, locked, 'foreign', request);
  }
  if (sameAs(locked, entry)) return afterSameTemplate(tree, file, disk, rendered, locked, entry);
  return mergeInto(tree, file, disk, rendered, locked, entry, request);
}

/** The template gives the value that it gave: the user's file stays. Only a new comment of ours still reaches a file that nobody touched. */
function afterSameTemplate(
  tree: Tree,
  file: RenderedFile,
  disk: DiskText,
  rendered: string,
  locked: LockEntry,
  entry: LockEntry,
): Outcome {
  const comments = yamlComments(rendered).join('\n');
  if (blobId(disk.text) === locked.blob && comments !== yamlComments(disk.text).join('\n'))
    return { result: put(tree, file, rendered, disk, 'updated'), entry };
  const action = isUnedited(file.path, disk, locked) ? 'unchanged' : 'kept';
  return { result: { path: file.path, action }, entry: locked };
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
  const base = baseInLock(locked) ?? baseText(request, locked.blob);
  const merged = base === null ? null : mergeThreeWay(base, disk.text, rendered);
  const accept = (text: string): Outcome => {
    const next = text === rendered ? entry : { ...entry, base: rendered };
    if (text === disk.text) return { result: { path: file.path, action: 'kept' }, entry: next };
    return { result: put(tree, file, text, disk, text === rendered ? 'updated' : 'merged'), entry: next };
  };
  const isSound = (text: string) =>
    isWellFormed(file.path, text) || !isWellFormed(file.path, disk.text) || text === rendered;
  if (merged?.clean && isSound(merged.text)) return accept(merged.text);
  // Formatted otherwise, same value, no comment of the user's own: nothing of theirs is lost.
  if (isUnedited(file.path, disk, locked) && !hasOwnComments(disk.text, base ?? rendered))
    return { result: put(tree, file, rendered, disk, 'updated'), entry };
  if (base !== null && (request.force || request.keep)) {
    const settled = mergeThreeWay(base, disk.text, rendered, request.force ? 'rendered' : 'user');
    if (settled.clean && isSound(settled.text)) return accept(settled.text);
  }
  if (merged && !merged.clean && !request.force && !request.keep)
    return {
      result: { path: file.path, action: 'conflict', conflicts: merged.conflicts },
      entry: locked,
    };
  const reason = merged ? 'malformed' : 'no-base';
  return unmergeable(tree, file, disk, entry, rendered, locked, reason, request);
}

/** There is no telling the user's lines from ours: one of the two texts as a whole, if the user said which; else a conflict. */
function unmergeable(
  tree: Tree,
  file: RenderedFile,
  disk: DiskText | null,
  entry: LockEntry,
  rendered: string,
  locked: LockEntry | undefined,
  reason: WriteResult['reason'],
  { force, keep }: WriteRequest,
): Outcome {
  const { path } = file;
  if (force) return { result: put(tree, file, rendered, disk, 'updated'), entry };
  if (keep) return { result: { path, action: 'kept' }, entry: { ...entry, base: rendered } };
  return { result: { path, action: 'conflict', conflicts: [], reason }, entry: locked };
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

function writeShared(tree: Tree, file: RenderedFile, raw: string | null | undefined): WriteResult {
  if (raw === undefined) throw new FileError(`${file.path}: is not UTF-8. Save it as UTF-8 and run again.`);
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
