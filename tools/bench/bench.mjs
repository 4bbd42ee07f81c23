/**
 * `npm run bench`: size and speed beside peers, each pair measured in one run, on the same bases and the same machine.
 *
 *   npm run bench                          every figure
 *   npm run bench -- --only ID…            these figures
 *   npm run bench -- --json FILE           writes { figures: [{ id, value, unit, goal, holds, how }] } too
 *   npm run bench -- --keep                leaves the workspaces for a look
 *
 * Ends with 1 where a figure does not hold, or could not be measured: that one is named, and never reported as a figure.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as audit from './audit.mjs';
import * as batch from './batch.mjs';
import * as graph from './graph.mjs';
import * as imageSize from './image-size.mjs';
import { removePeerImages } from './peer.mjs';
import { Bench } from './prepare.mjs';
import * as rebuild from './rebuild.mjs';
import * as runtimes from './runtimes.mjs';
import * as sizeCheck from './size-check.mjs';

const families = [imageSize, rebuild, graph, sizeCheck, audit, runtimes, batch];
const known = families.flatMap(({ ids }) => ids);

const { values, positionals } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string', multiple: true, default: [] },
    keep: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
// `--only a b c` and `--only a --only b` mean the same.
const chosen = [...values.only, ...positionals];
const unknown = chosen.filter((id) => !known.includes(id));
if (unknown.length > 0 || (positionals.length > 0 && values.only.length === 0)) {
  console.error(`Unknown figure "${unknown[0] ?? positionals[0]}". Use --only with: ${known.join(', ')}.`);
  process.exit(2);
}
const wanted = (id) => chosen.length === 0 || chosen.includes(id);

const bench = new Bench((line) => console.error(`   ${line}`));
process.once('exit', () => values.keep || bench.remove());
process.once('SIGINT', () => process.exit(130));

const figures = [];
const failures = [];
for (const family of families) {
  const ids = family.ids.filter(wanted);
  if (ids.length === 0) continue;
  console.error(`== ${ids.join(', ')}`);
  try {
    for (const figure of await family.measure(bench, wanted)) figures.push(judged(figure));
  } catch (error) {
    console.error(`   ${error.message}`);
  }
  for (const id of ids) if (!figures.some((figure) => figure.id === id)) failures.push(id);
}

if (!values.keep) await removePeerImages(bench).catch((error) => console.error(`   ${error.message}`));

print();
if (values.json) {
  mkdirSync(dirname(resolve(values.json)), { recursive: true });
  writeFileSync(values.json, `${JSON.stringify({ figures }, null, 2)}\n`);
}
if (values.keep) console.error(`The workspaces are in ${bench.folder}`);
process.exitCode = failures.length === 0 && figures.every(({ holds }) => holds) ? 0 : 1;

/** A goal is an upper limit; a figure without one is there to be read and always holds. */
function judged({ id, value, unit, goal, how }) {
  if (!Number.isFinite(value)) throw new Error(`${id}: ${value} is not a figure.`);
  const rounded = Number(value.toPrecision(4));
  return { id, value: rounded, unit, goal, holds: goal === null || rounded <= goal, how };
}

function print() {
  const rows = figures.map(({ id, value, unit, goal, holds }) => [
    id,
    `${value} ${unit}`,
    goal === null ? '' : `<= ${goal}`,
    goal === null ? 'for information' : holds ? 'holds' : 'DOES NOT HOLD',
  ]);
  for (const id of failures) rows.push([id, 'not measured', '', 'DOES NOT HOLD']);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column].length)));
  console.log(
    `\nNode.js ${process.versions.node}, ${process.platform}/${process.arch}, ${cpus().length} CPUs\n`,
  );
  for (const row of rows) console.log(row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '));
  for (const { id, how } of figures) console.log(`\n${id}: ${how}`);
}
