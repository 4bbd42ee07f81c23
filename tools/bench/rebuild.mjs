/** Time of the image build after an edit of one line of what the app's build made. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peerBuildArguments, peerContext } from './peer.mjs';
import { peerVersion, writeJson } from './prepare.mjs';
import { median } from './statistics.mjs';

export const ids = ['rebuild-vs-peer'];

const rounds = 9;

export async function measure(bench) {
  const engine = await bench.engine();
  const workspace = bench.workspace();
  const peer = {
    docker: join(engine.dockerBin, 'docker'),
    arguments: await peerBuildArguments(bench),
    edited: join(peerContext(bench), 'dist', 'main.js'),
  };
  bench.nx(workspace, 'build', 'api');
  const plan = join(bench.folder, 'rebuild.json');
  const report = join(bench.folder, 'rebuild-report.json');
  writeJson(plan, { workspace, project: 'api', edited: 'dist/apps/api/main.cjs', peer, rounds, report });
  bench.log('edits and builds in turns');
  // A process of its own: nx takes the workspace from the folder that it starts in.
  const child = fileURLToPath(new URL('rebuild-child.mjs', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [child, plan], {
    cwd: workspace,
    env: bench.env(workspace),
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`the builds ended with ${status}:\n${stderr.trim()}`);
  const taken = JSON.parse(readFileSync(report, 'utf8'));
  const ours = median(taken.ours);
  const theirs = median(taken.peer);
  return [
    {
      id: 'rebuild-vs-peer',
      value: ours / theirs,
      unit: 'ratio',
      goal: 0.1,
      how: `toolbox:build ${ours.toFixed(2)} s (BuildKit, layout, canonical form, image.json) / docker build of the Dockerfile of @nx/node:setup-docker ${peerVersion} ${theirs.toFixed(2)} s; after an edit of one line of the built file; no start of Nx on either side: the executor runs in one warm process; disks are flushed and the engine rests 2 s before each; medians of ${rounds} rounds in turns`,
    },
  ];
}
