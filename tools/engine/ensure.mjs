/**
 * A real container engine for tests and the demo.
 *
 *   node tools/engine/ensure.mjs                    use the engine that answers, else install and start one
 *   node tools/engine/ensure.mjs --store classic    the same, with that image store (containerd or classic)
 *   node tools/engine/ensure.mjs --restart          stop the engine that we started, start it again
 *   node tools/engine/ensure.mjs --stop             stop it
 *   node tools/engine/ensure.mjs --json             print { dockerBin, env, store, started, why } on standard output
 */
import { delimiter } from 'node:path';
import { pathToFileURL } from 'node:url';
import { OLDEST, askEngine, clientFolder, findClient } from './client.mjs';
import { daemonEnv, dataRoot, hasDaemon, startDaemon, stopDaemon } from './daemon.mjs';
import { withLock } from './lock.mjs';
import { cannotInstall, installEngine } from './packages.mjs';

/**
 * @param {{ store?: 'containerd' | 'classic', restart?: boolean, log?: (line: string) => void }} [options]
 * `store`: any that answers where it is not given, containerd where one is started
 * @returns {Promise<{ dockerBin: string | null, env: Record<string, string>, store: string | null, started: boolean, why: string }>}
 * `dockerBin`: folder to put first in PATH, null where no engine can be had; `env`: PATH with it, and DOCKER_HOST where
 * needed; `why`: one line on what was chosen, or what is missing and what to do
 */
export async function ensureEngine({ store, restart = false, log = () => {} } = {}) {
  if (store && !['containerd', 'classic'].includes(store))
    return none(`Unknown image store "${store}". Use containerd or classic.`);
  try {
    return await withLock('engine', () => ensure({ store, restart, log }));
  } catch (error) {
    return none(`No container engine: ${error.message}`);
  }
}

async function ensure({ store, restart, log }) {
  let client = findClient();
  let env = daemonEnv();
  let answer = client ? askEngine(client, env) : { why: 'no docker client with buildx and compose' };
  const ours = answer.store && [dataRoot('containerd'), dataRoot('classic')].includes(answer.root);
  if (answer.store && !(restart && ours)) {
    if (!store || answer.store === store) return found(client, env, answer, false);
    if (!ours)
      return none(
        `The engine that answers uses the ${answer.store} image store and was not started by toolbox. Stop it, or leave out --store ${store}.`,
      );
  }
  const next = store ?? answer.store ?? 'containerd';
  const hindrance = cannotInstall();
  if (hindrance)
    return none(
      `No container engine: ${answer.why}; ${hindrance}. Install Docker ${OLDEST} or later with buildx and compose, and start it.`,
    );
  await stopDaemon();
  if (!client || !hasDaemon()) {
    installEngine(log);
    client = findClient();
    if (!client)
      throw new Error('the packages are installed, but no docker client with buildx and compose is there');
  }
  env = await startDaemon({ store: next, client, log });
  answer = askEngine(client, env);
  if (!answer.store) throw new Error(answer.why);
  return found(client, env, answer, true);
}

function found(client, env, answer, started) {
  const dockerBin = clientFolder(client);
  return {
    dockerBin,
    env: { ...env, PATH: [dockerBin, process.env.PATH ?? ''].join(delimiter) },
    store: answer.store,
    started,
    why: `${started ? 'started' : 'using'} engine ${answer.version}, ${answer.store} image store`,
  };
}

function none(why) {
  return { dockerBin: null, env: {}, store: null, started: false, why };
}

async function main(args) {
  if (args.includes('--stop')) {
    console.error(
      (await stopDaemon()) ? 'stopped' : 'The engine is not running, or was not started by toolbox.',
    );
    return 0;
  }
  const at = args.indexOf('--store');
  const result = await ensureEngine({
    store: at < 0 ? undefined : (args[at + 1] ?? 'nothing'),
    restart: args.includes('--restart'),
    log: (line) => console.error(line),
  });
  if (!result.dockerBin || !args.includes('--json')) console.error(result.why);
  if (args.includes('--json')) console.log(JSON.stringify(result, null, 2));
  else if (result.dockerBin) console.log(exportLines(result));
  return result.dockerBin ? 0 : 1;
}

/** To be read by a person, or by a shell with `eval`. */
function exportLines({ dockerBin, env }) {
  const host = env.DOCKER_HOST ? `\nexport DOCKER_HOST="${env.DOCKER_HOST}"` : '';
  return `export PATH="${dockerBin}:$PATH"${host}`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await main(process.argv.slice(2));
}
