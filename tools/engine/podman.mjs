/**
 * Podman beside Docker for tests: from Debian's packages, with a store and a configuration of its own, so that neither a podman of the user's nor
 * the running dockerd notices.
 *
 *   node tools/engine/podman.mjs          install what is missing, copy the base images that the tests need from Docker
 *   eval "$(node tools/engine/podman.mjs)"    this shell then has that podman's configuration
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { baseImage } from '../bases/catalogue.mjs';
import { cacheFolder } from './cache-folder.mjs';
import { ensureEngine } from './ensure.mjs';
import { withLock } from './lock.mjs';
import { cannotInstall, installPackages } from './packages.mjs';
import { run, tryRun } from './run.mjs';

/** runc rather than crun: Debian 12's crun refuses a machine with both versions of control groups mounted. */
const PACKAGES = ['podman', 'runc', 'netavark', 'iptables'];
const NETWORK = 'toolbox';

/**
 * @param {{ keys?: string[], docker?: string, log?: (line: string) => void }} [options]
 * `keys`: base images of the catalogue that podman gets from Docker, under the names that the catalogue pins; `docker`: the client that has them
 * @returns {Promise<Record<string, string>>} environment for podman
 * @throws {Error} one line
 */
export async function ensurePodman({ keys = [], docker = 'docker', log = () => {} } = {}) {
  return withLock('podman', async () => {
    if (!tryRun('podman', ['--version']).ok) {
      const hindrance = cannotInstall();
      if (hindrance) throw new Error(`No podman: ${hindrance}. Install podman 4.3 or later.`);
      log(`installing ${PACKAGES.join(', ')}`);
      installPackages(PACKAGES);
    }
    const env = configure();
    if (!tryRun('podman', ['network', 'exists', NETWORK], { env }).ok)
      // The smallest of the usual overlay networks: larger packets of a container vanish there without a word.
      run('podman', ['network', 'create', '--opt', 'mtu=1400', '--disable-dns', NETWORK], { env });
    for (const { name } of keys.map(baseImage)) await copyImage(name, { docker, env, log });
    return env;
  });
}

/** @returns {Record<string, string>} where podman finds the configuration that is written here */
function configure() {
  const folder = cacheFolder('podman');
  const at = (name) => join(folder, name);
  mkdirSync(at('networks'), { recursive: true });
  const containers = {
    containers: {
      // Podman asks for a million; where less is allowed it would start no container.
      default_ulimits: [`nofile=${limit('Max open files', 65536)}`, `nproc=${limit('Max processes', 32768)}`],
      log_driver: 'k8s-file',
    },
    engine: {
      cgroup_manager: 'cgroupfs',
      events_logger: 'file',
      lock_type: 'file',
      runtime: 'runc',
      static_dir: at('libpod'),
      tmp_dir: at('tmp'),
      volume_path: at('volumes'),
    },
    network: { network_backend: 'netavark', network_config_dir: at('networks'), default_network: NETWORK },
  };
  const storage = { storage: { driver: 'overlay', graphroot: at('storage'), runroot: at('run') } };
  writeFileSync(at('containers.conf'), toml(containers));
  writeFileSync(at('storage.conf'), toml(storage));
  return { CONTAINERS_CONF: at('containers.conf'), CONTAINERS_STORAGE_CONF: at('storage.conf') };
}

/** Tables of texts and lists of texts: JSON spells both as TOML does. */
function toml(tables) {
  return Object.entries(tables)
    .flatMap(([table, entries]) => [
      `[${table}]`,
      ...Object.entries(entries).map(([key, value]) => `${key} = ${JSON.stringify(value)}`),
    ])
    .join('\n')
    .concat('\n');
}

/** `soft:hard` for a container: the hard limit of this process, but no more than `enough`. */
function limit(name, enough) {
  const line = readFileSync('/proc/self/limits', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(name));
  const hard = Number(line?.slice(name.length).trim().split(/\s+/)[1]);
  const value = hard > 0 ? Math.min(hard, enough) : enough;
  return `${value}:${value}`;
}

/** Podman has the image already where it has one of that name with Docker's layers. */
async function copyImage(name, { docker, env, log }) {
  const full = `docker.io/library/${name}`;
  const layers = (file, reference, layersEnv) => {
    const args = ['image', 'inspect', '--format', '{{json .RootFS.Layers}}', reference];
    return tryRun(file, args, { env: layersEnv }).stdout.trim();
  };
  const wanted = layers(docker, name);
  if (wanted === '') throw new Error(`${name}: Docker does not have it. Run: node tools/bases/ensure.mjs`);
  if (layers('podman', full, env) === wanted) return;
  log(`${name}: from docker to podman`);
  const from = spawn(docker, ['save', name], { stdio: ['ignore', 'pipe', 'inherit'] });
  const to = spawn('podman', ['load', '--quiet'], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve, reject) => to.once('error', reject).once('close', resolve));
  await pipeline(from.stdout, to.stdin);
  if ((await ended) !== 0) throw new Error(`podman load ${name}: failed, why stands above`);
}

async function main() {
  const log = (line) => console.error(line);
  const { dockerBin, why } = await ensureEngine({ log });
  if (!dockerBin) throw new Error(why);
  const keys = ['node-24-slim', 'alpine'];
  const env = await ensurePodman({ keys, docker: join(dockerBin, 'docker'), log });
  for (const [name, value] of Object.entries(env)) console.log(`export ${name}="${value}"`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
