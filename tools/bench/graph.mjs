/** What the plugin adds to the project graph of a workspace with 500 services, beside what @nx/docker adds. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { peerVersion, writeJson } from './prepare.mjs';
import { median, takeTurns } from './statistics.mjs';

const emptyWarm = 'graph-500-warm-empty-plugin';
const withDaemon = 'graph-500-warm-daemon';
export const ids = ['graph-500-cold', 'graph-500-warm', emptyWarm, withDaemon];

const projects = 500;
const rounds = 7;
const emptyPlugin = 'bench-empty-plugin';
const plugins = { none: [], empty: [emptyPlugin], toolbox: ['toolbox'], docker: ['@nx/docker'] };

export async function measure(bench, wanted) {
  writeEmptyPlugin(bench);
  // One workspace for each, so that no run finds another's nx.json or cache.
  const folders = Object.fromEntries(Object.keys(plugins).map((name) => [name, makeWorkspace(bench, name)]));
  checkTargets(bench, folders);
  const runs = (how) =>
    Object.fromEntries(
      Object.entries(folders).map(([name, folder]) => [name, () => showProjects(bench, folder, how)]),
    );
  const figures = [];
  const process = `nx show projects, whole process, ${projects} projects, Nx ${peerVersion}, no daemon, ${rounds} rounds in turns`;
  if (wanted('graph-500-cold')) {
    bench.log(`graph of ${projects} projects, cold`);
    const cold = await takeTurns(runs({ cold: true }), rounds);
    const ours = added(cold, 'toolbox');
    const peer = added(cold, 'docker');
    if (peer <= 0) throw new Error('@nx/docker added no time: the machine is too busy to measure.');
    figures.push({
      id: 'graph-500-cold',
      value: ours / peer,
      unit: 'ratio',
      goal: 0.1,
      how: `time added over no plugin by toolbox ${ms(ours)} / by @nx/docker ${peerVersion} ${ms(peer)} (no plugin ${ms(median(cold.none))}); ${process}, a fresh workspace data directory for each run; medians of the rounds' differences`,
    });
  }
  if (wanted('graph-500-warm') || wanted(emptyWarm)) {
    bench.log(`graph of ${projects} projects, warm`);
    for (const folder of Object.values(folders)) showProjects(bench, folder, {});
    const warm = await takeTurns(runs({}), rounds);
    const how = `over no plugin (${ms(median(warm.none))}; @nx/docker adds ${ms(added(warm, 'docker'))}); ${process}, workspace data of the run before; median of the rounds' differences`;
    figures.push(
      {
        id: 'graph-500-warm',
        value: added(warm, 'toolbox') * 1000,
        unit: 'ms',
        goal: 60,
        how: `time added by toolbox ${how}`,
      },
      {
        id: emptyWarm,
        value: added(warm, 'empty') * 1000,
        unit: 'ms',
        goal: null,
        how: `time added by a plugin that does nothing, which is Nx's own price for one more plugin process, ${how}`,
      },
    );
  }
  if (wanted(withDaemon)) figures.push(await measureWithDaemon(bench, folders, runs({ daemon: true })));
  for (const folder of Object.values(folders)) rmSync(folder, { recursive: true, force: true });
  return figures.filter(({ id }) => wanted(id));
}

/** Nx's own default on a developer's machine: a process of its own keeps the graph, and the plugins, between commands. */
async function measureWithDaemon(bench, folders, runs) {
  bench.log(`graph of ${projects} projects, warm, with Nx's daemon`);
  try {
    for (const folder of Object.values(folders)) {
      showProjects(bench, folder, { daemon: true });
      const started = join(bench.env(folder).NX_WORKSPACE_DATA_DIRECTORY, 'd', 'server-process.json');
      if (!existsSync(started)) throw new Error(`Nx started no daemon in ${folder}.`);
    }
    const taken = await takeTurns(runs, rounds);
    return {
      id: withDaemon,
      value: added(taken, 'toolbox') * 1000,
      unit: 'ms',
      goal: 60,
      how: `time added by toolbox over no plugin (${ms(median(taken.none))}; @nx/docker adds ${ms(added(taken, 'docker'))}, a plugin that does nothing ${ms(added(taken, 'empty'))}); nx show projects, whole process, ${projects} projects, Nx ${peerVersion}, its daemon running as it does by default, nothing changed, ${rounds} rounds in turns; median of the rounds' differences`,
    };
  } finally {
    for (const folder of Object.values(folders))
      spawnSync(process.execPath, [bench.nxBin(), 'daemon', '--stop'], daemonOptions(bench, folder));
  }
}

/** Nx starts no daemon where it takes the machine for one of CI. */
function daemonOptions(bench, folder) {
  const env = { ...bench.env(folder), NX_DAEMON: 'true' };
  delete env.CI;
  return { cwd: folder, env, encoding: 'utf8' };
}

function writeEmptyPlugin(bench) {
  const folder = join(bench.workspace(), 'node_modules', emptyPlugin);
  writeJson(join(folder, 'package.json'), { name: emptyPlugin, version: '0.0.0', main: 'index.js' });
  writeFileSync(
    join(folder, 'index.js'),
    `exports.name = '${emptyPlugin}';\nexports.createNodesV2 = exports.createNodes = ['**/no-such-file', () => []];\n`,
  );
}

/** Runs of one round follow each other: their difference is free of slow changes of the machine's load. */
function added(taken, name) {
  return median(taken[name].map((seconds, round) => seconds - taken.none[round]));
}

function ms(seconds) {
  return `${Math.round(seconds * 1000)} ms`;
}

/** Copies of the scaffolded service: its description, Dockerfile and project.json. */
function makeWorkspace(bench, name) {
  const folder = join(bench.folder, `graph-${name}`);
  const service = join(bench.workspace(), 'apps', 'api');
  mkdirSync(folder);
  writeJson(join(folder, 'package.json'), { name: '@acme/source', version: '0.0.0', private: true });
  writeJson(join(folder, 'nx.json'), {
    neverConnectToCloud: true,
    analytics: false,
    plugins: plugins[name],
  });
  writeFileSync(join(folder, '.gitignore'), 'node_modules\ndist\n.nx\n.cache\n');
  symlinkSync(join(bench.workspace(), 'node_modules'), join(folder, 'node_modules'), 'junction');
  const texts = ['project.json', 'toolbox.yaml', 'Dockerfile', 'Dockerfile.dockerignore'].map((file) => [
    file,
    readFileSync(join(service, file), 'utf8'),
  ]);
  for (let at = 0; at < projects; at += 1) {
    const project = join(folder, 'apps', `s${at}`);
    mkdirSync(project, { recursive: true });
    for (const [file, text] of texts) {
      writeFileSync(
        join(project, file),
        text.replaceAll('apps/api', `apps/s${at}`).replaceAll('"api"', `"s${at}"`),
      );
    }
    cpSync(join(service, 'src', 'main.ts'), join(project, 'src', 'main.ts'));
  }
  return folder;
}

/** A plugin that found nothing would be fast: each has to have made its target. */
function checkTargets(bench, folders) {
  for (const [name, target] of [
    ['toolbox', 'docker-build'],
    ['docker', 'docker:build'],
  ]) {
    const found = JSON.parse(bench.nx(folders[name], 'show', 'projects', '--json', `--withTarget=${target}`));
    if (found.length !== projects)
      throw new Error(`${name}: ${found.length} of ${projects} projects have the target ${target}.`);
  }
}

function showProjects(bench, folder, { cold = false, daemon = false }) {
  const options = daemon
    ? daemonOptions(bench, folder)
    : { cwd: folder, env: bench.env(folder), encoding: 'utf8' };
  if (cold) rmSync(options.env.NX_WORKSPACE_DATA_DIRECTORY, { recursive: true, force: true });
  const command = [bench.nxBin(), 'show', 'projects', '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, options);
  if (status !== 0) throw new Error(`nx show projects ended with ${status}: ${stderr.trim()}`);
  if (JSON.parse(stdout).length < projects) throw new Error('nx show projects did not find the projects.');
}
