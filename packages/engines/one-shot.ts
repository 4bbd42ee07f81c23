import type { Command } from '../process/types';
import { fields } from './fields';

/** A container that does one thing and is gone; docker and podman take the same words. */
export interface OneShot {
  readonly engine: 'docker' | 'podman';
  readonly image: string;
  readonly args: readonly string[];
  /** Folders of the host that it reads, under the same path inside. */
  readonly folders: readonly string[];
  readonly workdir: string;
  /** Named volume that outlives it, by its path inside. */
  readonly cache: { readonly volume: string; readonly path: string };
}

export function oneShotCommand({ engine, image, args, folders, workdir, cache }: OneShot): Command {
  const mounts = folders.flatMap((folder) => [
    '--mount',
    fields(['type=bind', `source=${folder}`, `target=${folder}`, 'readonly']),
  ]);
  const volume = ['--mount', fields(['type=volume', `source=${cache.volume}`, `target=${cache.path}`])];
  const limits = ['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];
  return {
    file: engine,
    args: ['run', '--rm', ...limits, ...mounts, ...volume, '--workdir', workdir, image, ...args],
  };
}
