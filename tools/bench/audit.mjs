/** Time and memory of the audit with the sizes, in one pass over an image of 200 MB, beside `gzip -dc layer | tar t`. */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bytes, ended, files, image, list, makeLayout, rounds } from './size-check.mjs';
import { median, takeTurns } from './statistics.mjs';

export const ids = ['audit-time', 'audit-memory'];

export async function measure(bench, wanted) {
  bench.log(`an image of ${bytes / 1e6} MB with ${files} files`);
  const folder = join(bench.folder, 'audit');
  const layer = await makeLayout(folder);
  const child = fileURLToPath(new URL('audit-child.mjs', import.meta.url));
  const report = join(folder, 'report.json');
  const memory = [];
  const audit = async () => {
    const args = [child, bench.module('packages/images'), folder, report];
    await ended(spawn(process.execPath, args, { stdio: 'inherit', env: bench.env() }));
    const found = JSON.parse(readFileSync(report, 'utf8'));
    if (found.files !== files) throw new Error(`the audit saw ${found.files} of ${files} files.`);
    // The image names no user and no health check; a pass that sees nothing is no pass.
    if (found.findings !== 2) throw new Error(`the audit has ${found.findings} findings instead of 2.`);
    memory.push(found.maxRss);
  };
  bench.log('the audit and gzip | tar in turns');
  const taken = await takeTurns({ ours: audit, tar: () => list(layer, folder) }, rounds);
  const ours = median(taken.ours);
  const tar = median(taken.tar);
  rmSync(folder, { recursive: true, force: true });
  return [
    {
      id: 'audit-time',
      value: ours / tar,
      unit: 'ratio',
      goal: 1.5,
      how: `audit and sizes of the layout in one pass, whole Node.js process with its start, ${ours.toFixed(2)} s / gzip -dc layer | tar t ${tar.toFixed(2)} s; ${image}; medians of ${rounds} rounds in turns`,
    },
    {
      id: 'audit-memory',
      value: Math.max(...memory) / 1e6,
      unit: 'MB',
      goal: 200,
      how: `largest resident set of that process (process.resourceUsage().maxRSS) in any of ${rounds} rounds; ${image}`,
    },
  ].filter(({ id }) => wanted(id));
}
