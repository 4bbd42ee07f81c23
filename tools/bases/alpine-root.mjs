/** The root of the stand-in for `alpine`: a static busybox with its applets, Alpine's accounts and release files. */
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from '../engine/packages.mjs';
import { run } from '../engine/run.mjs';
import { addLibraries } from './glibc.mjs';
import { LAYER_DAY, layer } from './layer.mjs';
import { machine } from './machine.mjs';

/** Raise it when this recipe changes what it makes. */
const RECIPE = 1;
const FOLDERS = [
  'dev',
  'etc',
  'home',
  'lib/apk/db',
  'media',
  'mnt',
  'opt',
  'proc',
  'root',
  'run',
  'sbin',
  'srv',
  'sys',
  'tmp',
  'usr/bin',
  'usr/lib',
  'usr/sbin',
  'usr/local/bin',
  'usr/local/lib',
  'usr/share',
  'var/cache',
  'var/empty',
  'var/lib',
  'var/log',
  'var/mail',
  'var/tmp',
];
const OWN = fileURLToPath(new URL('./alpine', import.meta.url));

/** @param {string} version `3.24.2` @param {{ file: string }} debian the layer that libraries are taken from */
export function alpineLayer(version, debian) {
  const { arch, alpine } = machine();
  return layer(`alpine-${version}-r${RECIPE}-${arch}`, (root) => {
    installPackages(['busybox-static']);
    for (const folder of FOLDERS) mkdirSync(join(root, folder), { recursive: true });
    for (const folder of ['tmp', 'var/tmp']) chmodSync(join(root, folder), 0o1777);
    chmodSync(join(root, 'root'), 0o700);
    const busybox = addBusybox(root);
    // The real image carries them for apk; here they only keep its size.
    addLibraries(root, debian, ['libcrypto.so.3', 'libssl.so.3'], 'usr/lib');
    for (const name of ['adduser', 'addgroup']) addScript(root, `usr/sbin/${name}`, name);
    addScript(root, 'sbin/apk', 'apk');
    writeAccounts(root);
    writeRelease(root, version);
    writeFileSync(
      join(root, 'lib/apk/db/installed'),
      `P:busybox\nV:${busybox}-r0\nA:${alpine}\nT:Debian's static build, in a stand-in image\n\n`,
    );
  });
}

/** @returns {string} its version */
function addBusybox(root) {
  const program = ['/bin/busybox', '/usr/bin/busybox'].find((file) => existsSync(file));
  mkdirSync(join(root, 'bin'));
  cpSync(program, join(root, 'bin/busybox'), { dereference: true });
  chmodSync(join(root, 'bin/busybox'), 0o755);
  for (const applet of run(program, ['--list-full']).split('\n').filter(Boolean)) {
    const link = join(root, applet);
    if (['bin/busybox', 'linuxrc'].includes(applet) || existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync('/bin/busybox', link);
  }
  return /v(\d+\.\d+\.\d+)/.exec(run(program, []))?.[1] ?? '1';
}

function addScript(root, path, name) {
  cpSync(join(OWN, name), join(root, path));
  chmodSync(join(root, path), 0o755);
}

function writeAccounts(root) {
  for (const name of ['passwd', 'group']) cpSync(join(OWN, name), join(root, 'etc', name));
  const users = readFileSync(join(OWN, 'passwd'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(':')[0]);
  const shadow = users.map(
    (user) => `${user}:${user === 'root' ? '*' : '!'}:${user === 'root' ? '' : LAYER_DAY}:0:::::\n`,
  );
  writeFileSync(join(root, 'etc/shadow'), shadow.join(''), { mode: 0o640 });
  writeFileSync(join(root, 'etc/shells'), '/bin/sh\n/bin/ash\n');
}

function writeRelease(root, version) {
  const release = [
    'NAME="Alpine Linux"',
    'ID=alpine',
    `VERSION_ID=${version}`,
    `PRETTY_NAME="Alpine Linux v${version.replace(/\.\d+$/, '')}"`,
  ];
  writeFileSync(join(root, 'etc/os-release'), `${release.join('\n')}\n`);
  writeFileSync(join(root, 'etc/alpine-release'), `${version}\n`);
  writeFileSync(
    join(root, 'etc/profile'),
    'export PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"\nexport PS1="\\\\h:\\\\w\\\\$ "\n',
  );
}
