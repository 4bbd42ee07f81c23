import { posix } from 'node:path';
import { blobId } from './content';
import { checkPath, FileError } from './paths';

/** What is remembered of one generated file. */
export interface LockEntry {
  /** The output family that generated it: a run of one family never touches another's files. */
  readonly scope: string;
  /** Git blob id of what was generated (with `\n`, without byte order mark). */
  readonly blob: string;
  /** For YAML and JSON: id of the generated value. */
  readonly value?: string;
  /**
   * The generated text itself, only where the file on disk is the result of a merge: that text was never committed as a file, so git cannot
   * give it back as the base of the next merge.
   */
  readonly base?: string;
}

/** `toolbox.lock.json`: what was generated, by path relative to the folder of the lock. */
export type Lock = ReadonlyMap<string, LockEntry>;

export const lockName = 'toolbox.lock.json';

/** @throws FileError where the lock is not one that we wrote */
export function parseLock(path: string, text: string | null): Lock {
  if (text === null) return new Map();
  let value: { schemaVersion?: unknown; files?: Record<string, LockEntry> };
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, '')) as typeof value;
  } catch {
    throw new FileError(
      `${path}: is not JSON. Restore it from git, or delete it: files that you edited then count as conflicts.`,
    );
  }
  if (value.schemaVersion !== 1 || typeof value.files !== 'object' || value.files === null)
    throw new FileError(
      `${path}: was written by another version of toolbox. Update toolbox, or restore the file from git.`,
    );
  for (const [name, entry] of Object.entries(value.files)) {
    if (
      typeof entry?.blob !== 'string' ||
      !/^[0-9a-f]{40}$/.test(entry.blob) ||
      typeof entry.scope !== 'string'
    )
      throw new FileError(`${path}: files: ${name}: has no blob id. Restore the file from git.`);
  }
  return new Map(Object.entries(value.files));
}

export function serialiseLock(lock: Lock): string {
  const files = Object.fromEntries([...lock].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  return `${JSON.stringify({ schemaVersion: 1, files }, null, 2)}\n`;
}

/** Key of a file in the lock: relative to the lock's folder, so that a moved project keeps its lock. */
export function lockKey(owner: string, path: string): string {
  return posix.relative(owner, path);
}

/** @throws FileError where a lock that was edited by hand names a file outside the workspace */
export function pathOfKey(owner: string, key: string): string {
  return checkPath(posix.join(owner, key));
}

/** The text that the lock carries for a merge, unless the lock was edited by hand or merged badly. */
export function baseInLock({ base, blob }: LockEntry): string | null {
  return typeof base === 'string' && blobId(base) === blob ? base : null;
}
