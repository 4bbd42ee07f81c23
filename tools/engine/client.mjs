/** Finds a docker client that has the buildx and compose plugins, and asks the engine behind it what it is. */
import { existsSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { cacheFolder } from './cache-folder.mjs';
import { tryRun } from './run.mjs';

/** Oldest major version of the engine that toolbox is tested with. */
export const OLDEST = 25;

/** @returns {string | null} path of the first client in PATH, or in the packaged places, that has both plugins */
export function findClient() {
  const clients = candidates();
  return (
    clients.find((file) => ['buildx', 'compose'].every((plugin) => tryRun(file, [plugin, 'version']).ok)) ??
    null
  );
}

function candidates() {
  const name = process.platform === 'win32' ? 'docker.exe' : 'docker';
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'];
  return [...new Set(folders.filter(Boolean).map((folder) => join(folder, name)))].filter((file) =>
    existsSync(file),
  );
}

/**
 * The folder to put first in PATH so that `docker` is that client. A folder of its own with one link: putting
 * /usr/bin itself first would also change which node and npm are found.
 */
export function clientFolder(client) {
  if (process.platform === 'win32') return dirname(client);
  const folder = cacheFolder('bin');
  const link = join(folder, 'docker');
  const target = realpathSync(client);
  if (existsSync(link) && realpathSync(link) === target) return folder;
  rmSync(link, { force: true });
  symlinkSync(target, link);
  return folder;
}

/**
 * @returns {{ store: 'containerd' | 'classic', version: string, root: string } | { why: string }}
 * `root`: the engine's data root, by which we know our own
 */
export function askEngine(client, env = {}) {
  const { ok, stdout, why } = tryRun(client, ['info', '--format', '{{json .}}'], { env, seconds: 20 });
  if (!ok) return { why };
  const info = JSON.parse(stdout);
  if (info.ServerErrors?.length) return { why: info.ServerErrors[0] };
  if (parseInt(info.ServerVersion, 10) < OLDEST)
    return { why: `engine ${info.ServerVersion} is older than ${OLDEST}` };
  const snapshotter = (info.DriverStatus ?? []).some(([, value]) =>
    String(value).startsWith('io.containerd.snapshotter'),
  );
  return {
    store: snapshotter ? 'containerd' : 'classic',
    version: info.ServerVersion,
    root: info.DockerRootDir,
  };
}
