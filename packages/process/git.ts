import { spawnSync } from 'node:child_process';

/** Text of a git blob, or null where there is no git, no repository, or no such object. */
export function readBlob(root: string, id: string): string | null {
  if (!/^[0-9a-f]{40}$/.test(id)) return null;
  const { status, stdout } = spawnSync('git', ['cat-file', 'blob', id], {
    cwd: root,
    encoding: 'utf8',
    timeout: 10_000,
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
    // A lazily fetched (partial) clone would ask the network for a blob that was never committed.
    env: { ...process.env, GIT_NO_LAZY_FETCH: '1' },
  });
  return status === 0 ? stdout : null;
}
