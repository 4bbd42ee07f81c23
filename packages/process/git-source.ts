import { run } from './run';

/** The state of a working copy that a build was made from. */
export interface GitSource {
  /** Full commit. */
  readonly commit: string;
  /** Do files differ from it, or lie beside it that git neither has nor ignores? */
  readonly dirty: boolean;
  /** Address of the remote `origin` as `git+https://…`, without user name, password and query. Null where it has none, or one on this machine. */
  readonly repository: string | null;
}

/** Null where there is no git, no repository or no commit. */
export async function readSource(root: string): Promise<GitSource | null> {
  const git = (...args: readonly string[]) => run({ file: 'git', args }, { cwd: root, timeoutMs: 60_000 });
  try {
    const [head, status, origin] = await Promise.all([
      git('rev-parse', '--verify', 'HEAD'),
      git('status', '--porcelain'),
      git('config', '--get', 'remote.origin.url'),
    ]);
    if (head.code !== 0 || status.code !== 0) return null;
    return {
      commit: head.stdout.trim(),
      dirty: status.stdout !== '',
      repository: origin.code === 0 ? publicAddress(origin.stdout.trim()) : null,
    };
  } catch {
    // Without an answer of git the source is not known, which is no reason for a build to fail.
    return null;
  }
}

/** `https://user:token@host/x.git` and `git@host:x.git` without what may be a secret. */
export function publicAddress(remote: string): string | null {
  const [, host, path] = /^(?:[\w.-]+@)?([\w.-]+):(?!\/\/)(?!\\)(.+)$/.exec(remote) ?? [];
  if (host !== undefined && host.length > 1) return `git+ssh://${host}/${path}`;
  if (!/^(?:https?|ssh|git):\/\//.test(remote) || !URL.canParse(remote)) return null;
  const { protocol, host: server, pathname } = new URL(remote);
  return `git+${protocol}//${server}${pathname}`;
}
