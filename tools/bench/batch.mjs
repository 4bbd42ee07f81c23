/** Time of twelve images on one base: in a batch, and as tasks of their own. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { median, takeTurns } from './statistics.mjs';

export const ids = ['batch-vs-parallel-1', 'batch-vs-parallel-2'];

const services = Array.from({ length: 12 }, (_, at) => `batch-${at + 1}`);
const rounds = 3;

export async function measure(bench) {
  await bench.engine();
  const workspace = bench.workspace();
  bench.log(`nx g toolbox:service for ${services.length} services, and their builds`);
  for (const name of services)
    bench.nx(workspace, 'g', 'toolbox:service', name, '--base=alpine', '--no-interactive');
  const all = ['run-many', `--projects=${services.join(',')}`];
  bench.nx(workspace, ...all, '-t', 'build');
  const build = (how) => () => bench.nx(workspace, ...all, '-t', 'docker-build', how);
  // The engine has the steps of all images then, as after any earlier build.
  build('--parallel=2')();
  bench.log('all images, in turns');
  let version = 0;
  const taken = await takeTurns(
    { batch: build('--batch'), one: build('--parallel=1'), two: build('--parallel=2') },
    rounds,
    () => {
      // Another version is another image of each service, and no layout is there: nothing comes from Nx's cache.
      version += 1;
      process.env.TOOLBOX_VERSION = `1.0.${version}`;
      rmSync(join(workspace, 'dist', 'images'), { recursive: true, force: true });
    },
  );
  delete process.env.TOOLBOX_VERSION;
  const [batch, one, two] = ['batch', 'one', 'two'].map((name) => median(taken[name]));
  const how = `nx run-many -t docker-build for ${services.length} generated node services on one base, each with a new version, into empty folders; medians of ${rounds} rounds in turns: --batch ${batch.toFixed(1)} s, --parallel=1 ${one.toFixed(1)} s, --parallel=2 ${two.toFixed(1)} s`;
  return [
    { id: 'batch-vs-parallel-1', value: batch / one, unit: 'ratio', goal: 0.6, how },
    { id: 'batch-vs-parallel-2', value: batch / two, unit: 'ratio', goal: 1, how },
  ];
}
