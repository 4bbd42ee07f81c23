/**
 * Our own dockerd: started detached, one at a time, each image store with its own data root under the cache folder.
 * Two daemons at once would fight over the bridge and its firewall rules, so changing the store is stop and start.
 */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder } from './cache-folder.mjs';
import { mountCgroups } from './cgroups.mjs';
import { tryRun } from './run.mjs';

const DEFAULT_SOCKET = '/var/run/docker.sock';

export function dataRoot(store) {
  return cacheFolder(store);
}

const SYSTEM_PATH = `/usr/sbin:/usr/bin:/sbin:/bin:${process.env.PATH ?? ''}`;

export function hasDaemon() {
  return tryRun('dockerd', ['--version'], { env: { PATH: SYSTEM_PATH } }).ok;
}

/** @returns {number | null} process id of the daemon that we started, if it lives */
export function runningDaemon() {
  const file = join(cacheFolder(), 'docker.pid');
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  const name = join('/proc', String(pid), 'comm');
  return pid > 0 && existsSync(name) && readFileSync(name, 'utf8').trim() === 'dockerd' ? pid : null;
}

/**
 * Starts dockerd and waits until it answers, at most 60 s.
 * @returns {Promise<Record<string, string>>} environment for its clients: empty on the default socket
 * @throws {Error} one line: the last error of its log
 */
export async function startDaemon({ store, client, log }) {
  const folder = cacheFolder();
  const socket = freeSocket(client) ? DEFAULT_SOCKET : join(folder, 'docker.sock');
  const config = {
    // The smallest of the usual overlay networks: larger packets of a container vanish there without a word.
    mtu: 1400,
    features: { 'containerd-snapshotter': store === 'containerd' },
    'data-root': dataRoot(store),
    'exec-root': cacheFolder('exec'),
    pidfile: join(folder, 'docker.pid'),
    hosts: [`unix://${socket}`],
  };
  mkdirSync(dirname(socket), { recursive: true });
  writeFileSync(join(folder, 'daemon.json'), `${JSON.stringify(config, null, 2)}\n`);
  mountCgroups();
  log(`starting dockerd with the ${store} image store`);
  const logFile = join(folder, 'dockerd.log');
  const output = openSync(logFile, 'w');
  const daemon = spawn('dockerd', ['--config-file', join(folder, 'daemon.json')], {
    detached: true,
    stdio: ['ignore', output, output],
    // It outlives this run, and with it the run's own folder for temporary files.
    env: { ...process.env, PATH: SYSTEM_PATH, TMPDIR: undefined },
  });
  let ended = false;
  daemon.once('error', () => (ended = true));
  daemon.once('exit', () => (ended = true));
  daemon.unref();
  closeSync(output);
  const env = socket === DEFAULT_SOCKET ? {} : { DOCKER_HOST: `unix://${socket}` };
  for (let tries = 0; tries < 120 && !ended; tries += 1) {
    if (tryRun(client, ['version'], { env, seconds: 10 }).ok) return env;
    await sleep(500);
  }
  throw new Error(`dockerd did not start: ${lastError(logFile)} (its log: ${logFile})`);
}

/** @returns {Record<string, string>} environment for clients of our running daemon, empty on the default socket */
export function daemonEnv() {
  const file = join(cacheFolder(), 'daemon.json');
  const [host] =
    runningDaemon() && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')).hosts ?? []) : [];
  return host && host !== `unix://${DEFAULT_SOCKET}` ? { DOCKER_HOST: host } : {};
}

/** Stops the daemon that we started, with its containers; at most 60 s. @returns {Promise<boolean>} whether one was running */
export async function stopDaemon() {
  const pid = runningDaemon();
  if (!pid) return false;
  process.kill(pid, 'SIGTERM');
  for (let tries = 0; tries < 240; tries += 1) {
    if (!runningDaemon()) return true;
    await sleep(250);
  }
  throw new Error(`dockerd (process ${pid}) did not stop within 60 s.`);
}

/** The default socket is ours to take unless another engine answers on it. */
function freeSocket(client) {
  return (
    !existsSync(DEFAULT_SOCKET) ||
    !tryRun(client, ['version'], { env: { DOCKER_HOST: `unix://${DEFAULT_SOCKET}` }, seconds: 10 }).ok
  );
}

function lastError(file) {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const line = lines.findLast((text) => /level=(error|fatal)|^failed/.test(text)) ?? lines.at(-1) ?? '';
  return /msg="((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? line;
}
