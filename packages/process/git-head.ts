import { CommandNotFoundError, run } from './run';

/** What git knows about the commit that is checked out. */
export interface GitHead {
  /** Short commit, as git abbreviates it in this repository. */
  readonly commit: string;
  /** Null where HEAD is detached. */
  readonly branch: string | null;
  /** Tags that point at it, sorted. */
  readonly tags: readonly string[];
  /** Do tracked files differ from it? */
  readonly dirty: boolean;
}

/** The commit that is checked out; null where there is no git, no repository or no commit. */
export async function readHead(root: string): Promise<GitHead | null> {
  try {
    const commit = await git(root, 'rev-parse', '--short', '--verify', 'HEAD');
    if (commit === null) return null;
    const branch = await git(root, 'symbolic-ref', '--quiet', '--short', 'HEAD');
    const tags = (await git(root, 'tag', '--points-at', 'HEAD')) ?? '';
    const changes = await git(root, 'status', '--porcelain', '--untracked-files=no');
    return { commit, branch: branch || null, tags: tags.split('\n').filter(Boolean), dirty: changes !== '' };
  } catch (error) {
    if (error instanceof CommandNotFoundError) return null;
    throw error;
  }
}

async function git(cwd: string, ...args: readonly string[]): Promise<string | null> {
  const ran = await run({ file: 'git', args }, { cwd, timeoutMs: 60_000 });
  return ran.code === 0 ? ran.stdout.trim() : null;
}
