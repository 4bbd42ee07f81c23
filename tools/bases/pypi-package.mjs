/** A wheel from the package index through the machine's own pip, which checks its digest; kept in the cache folder. */
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../engine/cache-folder.mjs';
import { installPackages } from '../engine/packages.mjs';
import { run, tryRun } from '../engine/run.mjs';

/** @param {{ version: string, sha256: string }} pinned @returns {string} file of a wheel without compiled parts */
export function fetchWheel(name, { version, sha256 }) {
  const folder = cacheFolder('pypi');
  const file = join(folder, `${name}-${version}-py3-none-any.whl`);
  if (existsSync(file)) return file;
  if (!tryRun('python3', ['-m', 'pip', '--version']).ok) installPackages(['python3-pip']);
  const work = mkdtempSync(join(folder, 'download-'));
  try {
    const wanted = join(work, 'requirements.txt');
    const wheels = join(work, 'wheels');
    writeFileSync(wanted, `${name}==${version} --hash=sha256:${sha256}\n`);
    const options = ['--quiet', '--no-deps', '--only-binary', ':all:', '--require-hashes', '--dest', wheels];
    // Away from the repository, as with npm: no project's settings have a say.
    run('python3', ['-m', 'pip', 'download', ...options, '--requirement', wanted], {
      cwd: work,
      seconds: 300,
    });
    renameSync(join(wheels, readdirSync(wheels)[0]), file);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return file;
}
