/** A package from the npm registry through the machine's own npm client, which checks its integrity; kept in the cache folder. */
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../engine/cache-folder.mjs';
import { run } from '../engine/run.mjs';

/** Unpacks `name@version` (its inner `package/` folder left out) into `folder`. */
export function unpackNpmPackage(name, version, folder) {
  run('tar', ['-xzf', fetchPackage(name, version), '-C', folder, '--strip-components=1', '--no-same-owner'], {
    seconds: 300,
  });
}

function fetchPackage(name, version) {
  const folder = cacheFolder('npm');
  const file = join(folder, `${name}-${version}.tgz`);
  if (existsSync(file)) return file;
  const work = mkdtempSync(join(folder, 'download-'));
  try {
    // Away from the repository: its .npmrc and lockfile have no say here.
    run('npm', ['pack', '--silent', `${name}@${version}`], { cwd: work, seconds: 300 });
    renameSync(join(work, readdirSync(work)[0]), file);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return file;
}
