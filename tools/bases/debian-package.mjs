/** Debian packages on top of the Debian layer: what they install and their entries in the package database, as a layer of their own. */
import { cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../engine/cache-folder.mjs';
import { downloadPackage } from '../engine/packages.mjs';
import { run } from '../engine/run.mjs';

/** Installs them with dpkg in a copy of the base, and copies what is new into `root`. */
export function installDebian(root, base, packages) {
  for (const name of packages) {
    inWorkFolder((work) => {
      const system = join(work, 'system');
      mkdirSync(system);
      run('tar', ['-xzf', base.file, '-C', system], { seconds: 120 });
      cpSync(downloadPackage(name, work), join(system, 'tmp/package.deb'));
      run('chroot', [system, 'dpkg', '--install', '/tmp/package.deb']);
      const files = run('chroot', [system, 'dpkg', '--listfiles', name]).split('\n').filter(Boolean);
      const database = readdirSync(join(system, 'var/lib/dpkg/info')).filter(
        (file) => file.startsWith(`${name}:`) || file.startsWith(`${name}.`),
      );
      for (const file of [
        ...files,
        '/var/lib/dpkg/status',
        ...database.map((entry) => `/var/lib/dpkg/info/${entry}`),
      ])
        copyFile(system, root, file);
    });
  }
}

/** Libraries of packages, without their database: for a base that has none. */
export function extractLibraries(root, packages, triplet) {
  for (const name of packages) {
    inWorkFolder((work) => {
      const content = join(work, 'content');
      run('dpkg-deb', ['--extract', downloadPackage(name, work), content]);
      const folder = join(content, 'usr/lib', triplet);
      for (const file of readdirSync(folder))
        cpSync(join(folder, file), join(root, 'usr/lib', file), { verbatimSymlinks: true });
    });
  }
}

function copyFile(from, to, file) {
  const source = join(from, file);
  // The package's documentation is left out, as in the base.
  if (
    !existsSync(source) ||
    lstatSync(source).isDirectory() ||
    (file.startsWith('/usr/share/doc/') && !file.endsWith('/copyright'))
  )
    return;
  mkdirSync(dirname(join(to, file)), { recursive: true });
  cpSync(source, join(to, file), { verbatimSymlinks: true });
}

function inWorkFolder(action) {
  const work = mkdtempSync(join(cacheFolder('layers'), 'package-'));
  try {
    action(work);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
