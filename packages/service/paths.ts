/** Trees of the image that hold programs, settings or the kernel's own files: nothing in them may be writable. */
const lockedTrees = ['/bin', '/boot', '/dev', '/etc', '/lib', '/lib32', '/lib64', '/libx32', '/proc'].concat([
  '/run/secrets',
  '/sbin',
  '/sys',
  '/usr',
]);

/** Folders that hold the above or the app: they are not writable as a whole, folders in them may be. */
const lockedFolders = ['/', '/app', '/run', '/var'];

/** An absolute container path without `.`, `..`, doubled or final slashes. `..` never climbs over the root. */
export function normaliseContainerPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** Why a path cannot be made writable, or null where it can. */
export function writablePathProblem(path: string): string | null {
  const normal = normaliseContainerPath(path);
  // POSIX shared memory is the one folder of /dev that apps write to.
  if (normal === '/dev/shm') return null;
  const tree = lockedTrees.find((locked) => normal === locked || normal.startsWith(`${locked}/`));
  if (tree !== undefined) return `${path} lies in ${tree}, which stays read-only`;
  if (lockedFolders.includes(normal)) return `${path} stays read-only as a whole. Name a folder in it`;
  return null;
}

/** Why a text is no path inside a folder, or null where it is one. `folder` is said in the message. */
export function insidePathProblem(path: string, folder: string): string | null {
  if (/^([A-Za-z]:|[\\/]|~)/.test(path)) return `${path} is absolute. Use a path relative to ${folder}`;
  if (path.includes('\\')) return `${path} has a backslash. Use / between folders`;
  // These have a meaning in Dockerfiles, ignore files and Nx's outputs.
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f*?[\]{}!"'`$<>|#]/.test(path))
    return `${path} has a character that no path may have here`;
  if (normaliseInsidePath(path).split('/').includes('..')) return `${path} leaves ${folder}`;
  return null;
}

/** A relative path without `.`, inner `..`, doubled or final slashes; `.` for the folder itself. */
export function normaliseInsidePath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts[parts.length - 1] !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.length === 0 ? '.' : parts.join('/');
}
