import { execFileSync } from 'node:child_process';

/** Text of a git blob of the repository that `root` lies in, or null: not committed, a shallow clone, no repository, no git. */
export function gitBlob(root: string, id: string): string | null {
  try {
    return execFileSync('git', ['cat-file', 'blob', id], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch {
    return null;
  }
}
