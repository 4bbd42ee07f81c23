/**
 * Runs each base image in a real container and looks at what generated Dockerfiles rely on.
 *
 *   node tools/bases/check.mjs          those that `ensure.mjs` makes by default
 *   node tools/bases/check.mjs --all    every image of the catalogue
 *   node tools/bases/check.mjs KEY …    these
 *
 * Real images and stand-ins go through the same checks. The last line says `N passed, N failed`.
 */
import { join } from 'node:path';
import { ensureEngine } from '../engine/ensure.mjs';
import { tryRun } from '../engine/run.mjs';
import { baseImage, chosenKeys } from './catalogue.mjs';
import { FAMILY_CHECKS, RUNTIME_CHECKS } from './checks.mjs';
import { ensureBases } from './ensure.mjs';

async function main(args) {
  const keys = chosenKeys(args);
  const engine = await ensureEngine({ log: console.log });
  if (!engine.dockerBin) throw new Error(engine.why);
  await ensureBases({ ...engine, keys, log: console.log });
  const docker = join(engine.dockerBin, 'docker');
  const counts = { passed: 0, failed: 0 };
  for (const image of keys.map(baseImage)) {
    for (const [what, command, expected] of [
      ...(RUNTIME_CHECKS[image.runtime]?.(image) ?? []),
      ...FAMILY_CHECKS[image.family],
    ]) {
      const { ok, stdout, stderr } = tryRun(
        docker,
        ['run', '--rm', '--network', 'none', image.name, ...command],
        { env: engine.env },
      );
      const passed = ok && expected.test(stdout);
      counts[passed ? 'passed' : 'failed'] += 1;
      if (!passed) console.error(`${image.name}: ${what}: ${(stderr || stdout).trim().split('\n').at(-1)}`);
    }
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (status) => (process.exitCode = status),
  (error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
