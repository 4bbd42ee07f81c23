import { join } from 'node:path';
import { docker, tryDocker } from './engine';
import type { Workspace } from './workspace';

/** The image that the catalogue of the installed plugin has under the key that starts so. */
export function imageOf(workspace: Workspace, start: string): string {
  const { images } = workspace.json<{ images: Record<string, { image: string; tag: string }> }>(
    'node_modules/toolbox/dist/packages/images/catalogue.json',
  );
  const { image, tag } = Object.entries(images).find(([key]) => key.startsWith(start))![1];
  return `${image}:${tag}`;
}

/** Starts a backing service, and waits until it answers. */
export function startBackingService(
  workspace: Workspace,
  network: string,
  name: 'postgres' | 'redis',
  env: readonly string[],
  ...command: string[]
): void {
  const secret = join(workspace.root, 'secrets', `${name}-password`);
  docker(
    ...['run', '--detach', '--name', name, '--network', network],
    ...env.flatMap((pair) => ['--env', pair]),
    ...['--volume', `${secret}:/run/secrets/${name}-password:ro`, imageOf(workspace, `${name}-`), ...command],
  );
  const check = name === 'postgres' ? ['pg_isready', '-h', '127.0.0.1', '-U', 'acme'] : ['redis-cli', 'ping'];
  for (let attempt = 0; tryDocker('exec', name, ...check).code !== 0; attempt += 1) {
    if (attempt > 60) throw new Error(`${name} does not answer:\n${tryDocker('logs', name).output}`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  }
}
