/**
 * Base images under the names that the catalogue pins: real ones where a registry can be reached, else stand-ins of the
 * same shape.
 *
 *   node tools/bases/ensure.mjs              the default major's images, alpine and debian
 *   node tools/bases/ensure.mjs --all        every image of the catalogue
 *   node tools/bases/ensure.mjs KEY …        these
 *   node tools/bases/ensure.mjs --bench      also `node:lts-alpine`, which the compared generator builds on
 *
 * TOOLBOX_BASES=auto (default): keep what the engine has, else pull, else a stand-in; pull: only real images; offline: only stand-ins.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureEngine } from '../engine/ensure.mjs';
import { withLock } from '../engine/lock.mjs';
import { cannotInstall } from '../engine/packages.mjs';
import { run, tryRun } from '../engine/run.mjs';
import { DEFAULT_MAJOR, baseImage, chosenKeys, defaultKeys } from './catalogue.mjs';
import { LABEL, loadStandIn } from './stand-in.mjs';

const MODES = ['auto', 'pull', 'offline'];
/** The moving tag that `@nx/node:setup-docker` writes into its Dockerfile. */
const BENCH_TAG = 'node:lts-alpine';

/**
 * @param {{ dockerBin: string, env?: Record<string, string>, log?: (line: string) => void, keys?: string[], mode?: string, bench?: boolean }} options
 * `dockerBin`, `env`: as `ensureEngine` returns them; `keys`: of the catalogue; `mode`: as TOOLBOX_BASES
 * @returns {Promise<{ name: string, origin: 'kept' | 'pulled' | 'stand-in' }[]>}
 * @throws {Error} one line
 */
export async function ensureBases({
  dockerBin,
  env = {},
  log = () => {},
  keys = defaultKeys(),
  mode,
  bench = false,
}) {
  const chosen = mode ?? process.env.TOOLBOX_BASES ?? 'auto';
  if (!MODES.includes(chosen))
    throw new Error(`TOOLBOX_BASES: unknown value "${chosen}". Use ${MODES.join(', ')}.`);
  const docker = join(dockerBin, 'docker');
  return withLock('bases', async () => {
    const made = [];
    const registry = { reachable: chosen !== 'offline' };
    for (const image of keys.map(baseImage)) {
      const origin = await ensureOne(image, { docker, env, log, mode: chosen, registry });
      if (origin !== 'kept') log(`${image.name}: ${origin}`);
      made.push({ name: image.name, origin });
    }
    if (bench) run(docker, ['tag', baseImage(`node-${DEFAULT_MAJOR}-alpine`).name, BENCH_TAG], { env });
    return made;
  });
}

async function ensureOne({ key, name }, { docker, env, log, mode, registry }) {
  const present = inspect(docker, name, env);
  if (present && (mode === 'auto' || (mode === 'offline') === present.standIn)) return 'kept';
  if (mode !== 'offline' && registry.reachable) {
    const pulled = tryRun(docker, ['pull', '--quiet', name], { env, seconds: mode === 'pull' ? 900 : 180 });
    if (pulled.ok) return 'pulled';
    if (mode === 'pull') throw new Error(`${name}: cannot be pulled: ${pulled.why}`);
    // Asked once: where the first image cannot be pulled, the others would wait for the same answer.
    registry.reachable = false;
    log(`no image registry can be reached (${pulled.why}): making stand-ins`);
  }
  const hindrance = cannotInstall();
  if (hindrance)
    throw new Error(
      `${name}: not in the engine, no image registry was asked or answered, and no stand-in can be made: ${hindrance}. Run \`docker pull ${name}\` where a registry can be reached.`,
    );
  await loadStandIn(key, { docker, env, log });
  return 'stand-in';
}

/** @returns {{ standIn: boolean } | null} */
function inspect(docker, name, env) {
  const { ok, stdout } = tryRun(docker, ['image', 'inspect', '--format', '{{json .Config.Labels}}', name], {
    env,
  });
  return ok ? { standIn: JSON.parse(stdout)?.[LABEL] === 'true' } : null;
}

async function main(args) {
  const keys = chosenKeys(args);
  const log = (line) => console.error(line);
  const engine = await ensureEngine({ log });
  if (!engine.dockerBin) throw new Error(engine.why);
  const images = await ensureBases({ ...engine, log, keys, bench: args.includes('--bench') });
  for (const { name, origin } of images) console.log(`${origin.padEnd(9)} ${name}`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
