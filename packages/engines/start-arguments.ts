import type { RunRequest } from './engine';
import { fields } from './fields';

/** What engines spell in different ways. */
export interface StartDialect {
  /** Makes the root read-only, and nothing writable beside it. */
  readonly readOnly: readonly string[];
  /** Options of a tmpfs that `user` (`uid:gid`, or empty) may write to. */
  tmpfsOwner(user: string): string;
}

/** Arguments of the engine's `run`: whatever else is asked for, the root is read-only and no privilege can be had. */
export function startArguments(request: RunRequest, dialect: StartDialect): string[] {
  const owner = dialect.tmpfsOwner(request.user);
  const args = ['run', '--detach', '--name', request.name];
  if (request.user) args.push('--user', request.user);
  args.push(...dialect.readOnly, '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges');
  args.push('--pids-limit', String(request.pids ?? 256));
  for (const path of request.tmpfs) args.push('--tmpfs', `${path}:rw,noexec,nosuid,nodev,size=64m,${owner}`);
  for (const { host, hostPort, containerPort } of request.publish) {
    args.push('--publish', `${host}:${hostPort === 0 ? '' : hostPort}:${containerPort}`);
  }
  for (const [name, value] of Object.entries(request.env)) args.push('--env', `${name}=${value}`);
  for (const [name, value] of Object.entries(request.labels)) args.push('--label', `${name}=${value}`);
  // Swap is off beside a limit: with it, twice the memory could be used.
  if (request.memory) args.push('--memory', request.memory, '--memory-swap', request.memory);
  if (request.cpus) args.push('--cpus', request.cpus);
  if (request.network) args.push('--network', request.network);
  for (const [target, source] of Object.entries(request.files ?? {}))
    args.push('--mount', fields(['type=bind', `source=${source}`, `target=${target}`, 'readonly']));
  return [...args, request.image, ...(request.command ?? [])];
}
