import { lstatSync, realpathSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';

/** A file operation that would break the rules: the message is one clear line. */
export class FileError extends Error {
  override readonly name = 'FileError';
}

/**
 * Refuses a path that is not a plain relative POSIX path inside the workspace.
 * @returns the path, normalised
 * @throws FileError
 */
export function checkPath(path: string): string {
  const bad =
    path === '' ||
    path.includes('\0') ||
    path.includes('\\') ||
    /^[A-Za-z]:/.test(path) ||
    posix.isAbsolute(path) ||
    posix.normalize(path).split('/')[0] === '..' ||
    posix.normalize(path) === '.';
  if (bad)
    throw new FileError(
      `${JSON.stringify(path)} leaves the workspace. Use a relative path with forward slashes inside it.`,
    );
  return posix.normalize(path);
}

/**
 * Refuses a path that a symbolic link on disk leads out of the workspace.
 * @param path one that `checkPath` accepts
 * @throws FileError
 */
export function checkLinks(root: string, path: string): void {
  const top = realOf(root);
  // A tree without a disk behind it (a test's) has no links.
  if (top === null) return;
  for (let at = join(root, path); at !== dirname(at); at = dirname(at)) {
    if (!isThere(at)) continue;
    const real = realOf(at);
    if (real === null || !isInside(top, real))
      throw new FileError(
        `${path}: leads out of the workspace through a symbolic link. Replace the link by a folder or a file.`,
      );
    return;
  }
}

function isInside(top: string, path: string): boolean {
  return path === top || path.startsWith(top.endsWith(sep) ? top : `${top}${sep}`);
}

/** Also true for a link to nothing. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function realOf(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
