/** node rebuild-child.mjs PLAN, in the workspace: edits and builds both images in turns, and writes the seconds of each. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { takeTurns } from './statistics.mjs';

/** Milliseconds between two builds. Nobody edits faster. */
const settleMs = 2000;
const plan = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const require = createRequire(join(plan.workspace, 'package.json'));
const { createProjectGraphAsync, readProjectsConfigurationFromProjectGraph } = require('@nx/devkit');
const { default: build } = require(
  join(plan.workspace, 'node_modules', 'toolbox', 'dist', 'executors', 'build', 'executor.js'),
);

const projectGraph = await createProjectGraphAsync();
const projectsConfigurations = readProjectsConfigurationFromProjectGraph(projectGraph);
const target = projectsConfigurations.projects[plan.project].targets['docker-build'];
const context = {
  root: plan.workspace,
  cwd: plan.workspace,
  isVerbose: false,
  projectName: plan.project,
  targetName: 'docker-build',
  target,
  projectGraph,
  projectsConfigurations,
  nxJsonConfiguration: JSON.parse(readFileSync('nx.json', 'utf8')),
};

const builds = {
  async ours() {
    const { success } = await build({ ...target.options }, context);
    if (!success) throw new Error('toolbox:build failed.');
  },
  peer() {
    const { status, stderr } = spawnSync(plan.peer.docker, plan.peer.arguments, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`docker build of the peer failed: ${stderr.trim().split('\n').at(-1)}`);
  },
};
const edits = { ours: editor(join(plan.workspace, plan.edited)), peer: editor(plan.peer.edited) };

// The first build of each fills the engine's cache and is not counted.
for (const one of Object.values(builds)) await one();
const digests = new Set();
const taken = await takeTurns(builds, plan.rounds, (name) => {
  edits[name]();
  // What the build before left to the disk, a folder of packages above all, and to the engine's own clean-up is not the next one's cost.
  spawnSync('sync');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, settleMs);
  if (name === 'ours') digests.add(imageDigest());
});
digests.add(imageDigest());
// A build that missed the edit would be fast.
if (digests.size !== plan.rounds + 1) throw new Error('An edit did not change the image.');
writeFileSync(plan.report, JSON.stringify(taken));

function editor(file) {
  const text = readFileSync(file, 'utf8');
  let edit = 0;
  return () => writeFileSync(file, `${text}\n// edit ${(edit += 1)} ${process.pid}\n`);
}

function imageDigest() {
  return JSON.parse(readFileSync(join(plan.workspace, 'dist', 'images', plan.project, 'image.json'), 'utf8'))
    .digest;
}
