/** The root of the stand-in for `debian:…-slim`: debootstrap's smallest variant, without documentation and package lists. */
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aptMirror } from '../engine/apt-mirror.mjs';
import { installPackages } from '../engine/packages.mjs';
import { run } from '../engine/run.mjs';
import { LAYER_DAY, LAYER_TIME, layer } from './layer.mjs';
import { machine } from './machine.mjs';

const SUITE = 'trixie';
/** Raise it when this recipe changes what it makes. */
const RECIPE = 1;

/** What the official slim image leaves out, too. */
const LEFT_OUT = [
  'usr/share/man',
  'usr/share/info',
  'usr/share/groff',
  'usr/share/lintian',
  'usr/share/linda',
  'usr/share/locale',
  'var/cache/apt',
  'var/cache/debconf/templates.dat-old',
  'var/cache/debconf/config.dat-old',
  'var/cache/ldconfig',
  'var/lib/apt/lists',
  'etc/resolv.conf',
  'etc/hostname',
  'etc/passwd-',
  'etc/group-',
  'etc/shadow-',
  'etc/gshadow-',
  'etc/.pwd.lock',
  // Only uses of a run of debootstrap.
  'debootstrap',
];

/** About 25 s the first time. */
export function debianLayer(log) {
  const { arch, debian } = machine();
  return layer(`debian-${SUITE}-r${RECIPE}-${arch}`, (root) => {
    log('making the Debian root (debootstrap)');
    installPackages(['debootstrap', 'debian-archive-keyring']);
    run('debootstrap', ['--variant=minbase', `--arch=${debian}`, SUITE, root, aptMirror().uri], {
      seconds: 600,
      env: { SOURCE_DATE_EPOCH: String(LAYER_TIME) },
    });
    for (const path of LEFT_OUT) rmSync(join(root, path), { recursive: true, force: true });
    emptyFolder(join(root, 'var/log'));
    emptyFolder(join(root, 'usr/share/doc'), 'copyright');
    emptyFolder(join(root, 'dev'));
    writeFileSync(join(root, 'etc/machine-id'), '');
    run('chroot', [root, 'mkdir', '-p', '/var/cache/apt/archives/partial', '/var/lib/apt/lists/partial']);
    resetPasswordDates(join(root, 'etc/shadow'));
  });
}

/** Removes files below, keeping folders, and those files whose name is `keep`. */
function emptyFolder(folder, keep) {
  for (const entry of existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) emptyFolder(path, keep);
    else if (entry.name !== keep) rmSync(path);
  }
}

/** The day of the last password change is the day of the build: a fixed one instead. */
function resetPasswordDates(file) {
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^([^:]*:[^:]*:)\d+:/gm, `$1${LAYER_DAY}:`));
}
