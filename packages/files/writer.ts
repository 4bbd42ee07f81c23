import { isUtf8 } from 'node:buffer';
import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import { inFormOf, readText, type DiskText } from './content';
import { formatContent } from './format';
import { decide, entryOf, isUnedited } from './generated-file';
import { lockKey, lockName, parseLock, pathOfKey, serialiseLock, type Lock, type LockEntry } from './lock';
import { mergeJson } from './merge-json';
import { mergeLines } from './merge-lines';
import { checkLinks, checkPath, FileError } from './paths';
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
  if (file.ownership === 'shared') return { result: writeShared(tree, file, bytes) };
  const rendered = await formatContent(tree.root, file);
  const disk = bytes === null ? null : isUtf8(bytes) ? readText(bytes.toString('utf8')) : 'not-text';
  const entry = entryOf(file.path, rendered, request.scope);
  const {
    text,
    entry: next,
    ...result
  } = decide({ ...request, path: file.path, rendered, disk, locked, entry });
  if (text !== undefined) put(tree, file, text, disk === 'not-text' ? null : disk, result.action);
  return { result: { path: file.path, ...result }, entry: next };
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

function writeShared(tree: Tree, file: RenderedFile, bytes: Buffer | null): WriteResult {
  if (bytes && !isUtf8(bytes))
    throw new FileError(`${file.path}: is not UTF-8. Save it as UTF-8 and run again.`);
  const raw = bytes?.toString('utf8') ?? null;
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
