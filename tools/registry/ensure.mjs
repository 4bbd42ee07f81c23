/**
 * A real image registry for tests: Debian's package of Docker's distribution.
 *
 *   node tools/registry/ensure.mjs     installs it where it is missing, and prints its program
 */
import { existsSync } from 'node:fs';
import { withLock } from '../engine/lock.mjs';
import { cannotInstall, installPackages } from '../engine/packages.mjs';

const PROGRAM = '/usr/bin/docker-registry';

try {
  await withLock('engine', () => {
    if (existsSync(PROGRAM)) return;
    const hindrance = cannotInstall();
    if (hindrance) throw new Error(`${hindrance}. Install the package docker-registry`);
    installPackages(['docker-registry']);
  });
  console.log(PROGRAM);
} catch (error) {
  console.error(`No image registry for the tests: ${error.message}.`);
  process.exitCode = 1;
}
