import { posix } from 'node:path';

/** `path` relative to the workspace root, POSIX, without `./` and trailing slash; the root itself is `.`. */
export function normalisePath(path: string): string {
  const clean = posix.normalize(path.replaceAll('\\', '/')).replace(/\/+$/, '');
  return clean === '' ? '.' : clean.replace(/^\/+/, '');
}

/** Whether a normalised path lies inside the workspace and is not the workspace itself. */
export function staysInside(path: string): boolean {
  return path !== '.' && path !== '..' && !path.startsWith('../');
}

/** File name without folder and last extension: `src/main.ts` gives `main`. */
export function stem(path: string): string {
  return posix.basename(path).replace(/\.[^.]+$/, '');
}
