/**
 * Lets this machine run programs for arm64, as builders of several platforms do: QEMU's user emulation from Debian's package, known to the kernel under a
 * name of ours. The program is opened when it is registered, so it works inside builds and containers, too.
 *
 *   node tools/emulation/ensure.mjs            registers it; prints nothing where it is there
 *   node tools/emulation/ensure.mjs --remove   takes it away again
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../engine/cache-folder.mjs';
import { withLock } from '../engine/lock.mjs';
import { cannotInstall } from '../engine/packages.mjs';
import { run } from '../engine/run.mjs';

const KERNEL = '/proc/sys/fs/binfmt_misc';
const NAME = 'toolbox-aarch64';
const PROGRAM = 'qemu-aarch64-static';
/** How a program for arm64 begins, and which bits of it count; as in the package's own `binfmt.d`. */
const MAGIC = '\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00';
const MASK =
  '\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff';

try {
  await withLock('emulation', () => (process.argv.includes('--remove') ? remove() : register()));
} catch (error) {
  console.error(`No emulation of arm64 for the tests: ${error.message}.`);
  process.exitCode = 1;
}

function register() {
  if (process.arch === 'arm64' || existsSync(join(KERNEL, NAME))) return;
  const hindrance = cannotInstall();
  if (hindrance) throw new Error(`${hindrance}. Install qemu-user-static`);
  const program = join(cacheFolder('emulation'), PROGRAM);
  if (!existsSync(program)) download(program);
  if (!existsSync(join(KERNEL, 'register'))) run('mount', ['-t', 'binfmt_misc', 'binfmt_misc', KERNEL]);
  writeFileSync(join(KERNEL, 'register'), `:${NAME}:M::${MAGIC}:${MASK}:${program}:F`);
}

function remove() {
  if (existsSync(join(KERNEL, NAME))) writeFileSync(join(KERNEL, NAME), '-1');
}

/** The one program out of the package, which is not installed: it would register the emulation of thirty processors for good. */
function download(program) {
  const work = mkdtempSync(join(cacheFolder('emulation'), 'download-'));
  try {
    run('apt-get', ['download', '-qq', 'qemu-user-static'], { cwd: work, seconds: 300 });
    const archive = readdirSync(work).find((file) => file.endsWith('.deb'));
    run('dpkg-deb', ['-x', archive, 'unpacked'], { cwd: work, seconds: 120 });
    run('mv', [join(work, 'unpacked', 'usr', 'bin', PROGRAM), program]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
