/**
 * A real cosign for tests: Debian's package, unpacked into the cache folder; nothing is installed.
 *
 *   node tools/cosign/ensure.mjs     fetches it where it is missing, and prints its folder
 *
 * TOOLBOX_COSIGN names another program to test with, e.g. a cosign 3: Debian has 2, and building one from its source takes 4 minutes and a half.
 */
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../engine/cache-folder.mjs';
import { withLock } from '../engine/lock.mjs';
import { cannotInstall, downloadPackage } from '../engine/packages.mjs';
import { run } from '../engine/run.mjs';

const chosen = process.env.TOOLBOX_COSIGN;

try {
  console.log(dirname(chosen || (await withLock('engine', ensure))));
} catch (error) {
  console.error(`No cosign for the tests: ${error.message}.`);
  process.exitCode = 1;
}

function ensure() {
  const program = join(cacheFolder('cosign'), 'cosign');
  if (!existsSync(program)) download(program);
  run(program, ['version']);
  return program;
}

function download(program) {
  const hindrance = cannotInstall();
  if (hindrance) throw new Error(`${hindrance}. Name one in TOOLBOX_COSIGN`);
  const folder = mkdtempSync(join(dirname(program), 'package-'));
  try {
    run('dpkg-deb', ['--extract', downloadPackage('cosign', folder), folder]);
    renameSync(join(folder, 'usr', 'bin', 'cosign'), program);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
