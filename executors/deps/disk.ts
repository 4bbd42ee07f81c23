import { existsSync, lstatSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { LockfileError } from '../../packages/lockfiles/lockfile-error';
import type { Reader } from '../../packages/lockfiles/types';

/** The workspace on disk. */
export function diskReader(workspaceRoot: string): Reader {
  const unless = <T>(value: T, read: () => T): T => {
    try {
      return read();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return value;
      throw error;
    }
  };
  return {
    read: (path) => unless(null, () => readFileSync(join(workspaceRoot, path), 'utf8')),
    exists: (path) => existsSync(join(workspaceRoot, path)),
    list: (folder) => unless([], () => readdirSync(join(workspaceRoot, folder)).sort()),
  };
}

/**
 * All files below a folder, relative to it, sorted; installed packages and Git's data are left out. Links are followed.
 * @throws LockfileError where a link leaves the workspace: what it points to is not in the build's inputs.
 */
export function listFiles(workspaceRoot: string, folder: string): readonly string[] {
  const root = realpathSync(workspaceRoot);
  const found: string[] = [];
  const visit = (path: string, inside: string, above: readonly string[]) => {
    for (const name of readdirSync(join(workspaceRoot, path)).sort()) {
      if (name === 'node_modules' || name === '.git') continue;
      const [at, relativeTo] = [`${path}/${name}`, inside === '' ? name : `${inside}/${name}`];
      const absolute = join(workspaceRoot, at);
      const linked = lstatSync(absolute).isSymbolicLink();
      if (linked && !existsSync(absolute)) continue;
      const real = realpathSync(absolute);
      if (linked && relative(root, real).split(sep)[0] === '..')
        throw new LockfileError(`${at}: is a link that leaves the workspace. Replace it by a file`);
      if (!statSync(absolute).isDirectory()) found.push(relativeTo);
      // A link to a folder above would go on forever.
      else if (!above.includes(real)) visit(at, relativeTo, [...above, real]);
    }
  };
  visit(folder, '', [realpathSync(join(workspaceRoot, folder))]);
  return found;
}
