import { posix } from 'node:path';

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
