/**
 * A real Kubernetes API for tests: etcd, API server, controllers and scheduler on loopback; nodes and pods are played by kwok.
 *
 *   node tools/cluster/ensure.mjs             start it, or find the one that runs; prints exports for a shell's eval
 *   node tools/cluster/ensure.mjs --build     only build its programs: minutes, once per machine; prints their folder
 *   node tools/cluster/ensure.mjs --kill-api  kill the API server, as an outage would
 *   node tools/cluster/ensure.mjs --start-api start the API server again, with the same address and data
 *   node tools/cluster/ensure.mjs --stop      stop everything and throw its data away
 *
 * The exports: KUBECONFIG (its only context is "toolbox-test", and none is current) and PATH with its kubectl first.
 * TOOLBOX_TEST_CLUSTER names one of several clusters, for whoever kills API servers beside others.
 * No container runs. How a pod fares is said by the annotation `cluster.test/plays` of its template (stages.yaml).
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../engine/cache-folder.mjs';
import { withLock } from '../engine/lock.mjs';
import { run, tryRun } from '../engine/run.mjs';
import { ensureBinaries } from './binaries.mjs';
import {
  kubeconfig,
  newSettings,
  processArguments,
  processes,
  readSettings,
  writeKubeconfigs,
} from './control-plane.mjs';
import { lastError, runningProcess, startProcess, stopProcess } from './processes.mjs';

const context = 'toolbox-test';
const nodes = ['node-1', 'node-2', 'node-3'];
const stages = fileURLToPath(new URL('stages.yaml', import.meta.url));
const folder = join(cacheFolder('cluster'), `running-${process.env['TOOLBOX_TEST_CLUSTER'] ?? 'shared'}`);
const log = (line) => console.error(line);

const actions = {
  '--build': async () => console.log(await ensureBinaries(log)),
  '--kill-api': async () => void (await stopProcess(folder, 'kube-apiserver', 'SIGKILL')),
  '--start-api': startApi,
  '--stop': stop,
};

try {
  const [action] = process.argv.slice(2);
  if (action && !(action in actions))
    throw new Error(`Unknown option "${action}". Use ${Object.keys(actions).join(', ')}`);
  await withLock('cluster', actions[action] ?? ensure);
} catch (error) {
  console.error(`No cluster for the tests: ${error.message}.`);
  process.exitCode = 1;
}

async function ensure() {
  const programs = await ensureBinaries(log);
  if (!processes.every((name) => runningProcess(folder, name)) || !answers(programs)) await start(programs);
  console.log(`export KUBECONFIG="${kubeconfig(folder)}"\nexport PATH="${programs}:$PATH"`);
}

async function start(programs) {
  await stop();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const settings = await newSettings(folder);
  writeKubeconfigs(folder, settings);
  const args = processArguments(folder, settings, stages);
  const [etcd, api, ...others] = processes;
  startProcess(folder, programs, etcd, args[etcd]);
  startProcess(folder, programs, api, args[api]);
  await ready(programs);
  for (const name of others) startProcess(folder, programs, name, args[name]);
  kubectl(programs, ['apply', '--server-side', '-f', '-'], JSON.stringify(nodeList()));
  const waited = tryRun(join(programs, 'kubectl'), [
    ...connection(),
    'wait',
    '--for=condition=Ready',
    'nodes',
    '--all',
    '--timeout=30s',
  ]);
  const dead = processes.find((name) => !runningProcess(folder, name));
  if (dead) throw new Error(`${dead} ended: ${lastError(folder, dead)}`);
  if (!waited.ok) throw new Error(waited.why);
}

async function startApi() {
  const settings = readSettings(folder);
  if (!settings) throw new Error('it was not started');
  const programs = await ensureBinaries(log);
  const args = processArguments(folder, settings, stages);
  const [, api, ...others] = processes;
  if (!runningProcess(folder, api)) startProcess(folder, programs, api, args[api]);
  await ready(programs);
  // Elsewhere they lose their leases in an outage and are started anew; as they are, they notice only after minutes.
  for (const name of others.toReversed()) await stopProcess(folder, name);
  for (const name of others) startProcess(folder, programs, name, args[name]);
}

async function stop() {
  for (const name of processes.toReversed()) await stopProcess(folder, name);
  if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
}

async function ready(programs) {
  for (let tries = 0; tries < 120; tries += 1) {
    if (answers(programs)) return;
    if (!runningProcess(folder, 'kube-apiserver')) break;
    await sleep(500);
  }
  throw new Error(`kube-apiserver did not start: ${lastError(folder, 'kube-apiserver')}`);
}

function answers(programs) {
  return tryRun(join(programs, 'kubectl'), [...connection(), 'get', '--raw', '/readyz'], { seconds: 10 }).ok;
}

function kubectl(programs, args, input) {
  return run(join(programs, 'kubectl'), [...connection(), ...args], { seconds: 90, input });
}

function connection() {
  return ['--kubeconfig', kubeconfig(folder), '--context', context];
}

/** Three nodes in three zones: what spreads over them can be seen to. */
function nodeList() {
  const items = nodes.map((name, index) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'topology.kubernetes.io/zone': `zone-${index + 1}`,
      },
    },
  }));
  return { apiVersion: 'v1', kind: 'List', items };
}
