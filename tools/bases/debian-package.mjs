/** Debian packages on top of the Debian layer: what they install and their entries in the package database, as a layer of their own. */
import { createHash } from 'node:crypto';
import {
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../engine/cache-folder.mjs';
import { downloadMissing, downloadPackage } from '../engine/packages.mjs';
import { run } from '../engine/run.mjs';
import { LAYER_TIME } from './layer.mjs';

/** What a package manager leaves behind, what the base leaves out, and what differs between two runs. */
const LEFT_OUT = [
  /^(dev|tmp|run|proc|sys)\//,
  /^usr\/share\/doc\/.*\/(?!copyright$)[^/]*$/,
  /^usr\/share\/(man|info|locale|lintian|groff)(\/|$)/,
  /^var\/(log|cache)\//,
  /^var\/lib\/dpkg\/(lock|triggers\/Lock|.*-old$)/,
  /^etc\/(passwd|group|shadow|gshadow|subuid|subgid)-$/,
  /^etc\/\.pwd\.lock$/,
  /\.pyc$/,
];

/**
 * Installs packages and what they need in a copy of the base, and copies what is new or changed into `root`.
 * @param {{ before?: (system: string) => void, after?: (system: string) => void, leaveOut?: RegExp[] }} [steps]
 * `before`, `after`: what else is done to that copy; `leaveOut`: paths (`usr/lib/…`) that are not copied
 */
export function installDebian(root, base, packages, { before, after, leaveOut = [] } = {}) {
  inWorkFolder((work) => {
    const system = join(work, 'system');
    mkdirSync(system);
    run('tar', ['-xzf', base.file, '-C', system], { seconds: 120 });
    const known = states(system);
    run('mknod', ['-m', '666', join(system, 'dev/null'), 'c', '1', '3']);
    before?.(system);
    if (packages.length > 0) installWithin(system, packages);
    after?.(system);
    const omitted = [...LEFT_OUT, ...leaveOut];
    const changed = [...states(system)].flatMap(([path, state]) =>
      known.get(path) === state || omitted.some((pattern) => pattern.test(path)) ? [] : [path],
    );
    copyPaths(system, root, changed);
  });
}

/** Runs a program in a copy of the base, at the time that every layer has. */
export function runWithin(system, command) {
  const env = {
    DEBIAN_FRONTEND: 'noninteractive',
    LC_ALL: 'C.UTF-8',
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    SOURCE_DATE_EPOCH: String(LAYER_TIME),
  };
  return run('chroot', [system, ...command], { seconds: 300, env });
}

/** The content of packages, unpacked into `folder`, without installing them. */
export function extractPackages(names, folder) {
  for (const name of names)
    inWorkFolder((work) => run('dpkg-deb', ['--extract', downloadPackage(name, work), folder]));
}

/** Libraries of packages, without their database: for a base that has none. */
export function extractLibraries(root, packages, triplet) {
  for (const name of packages) {
    inWorkFolder((work) => {
      const content = join(work, 'content');
      extractPackages([name], content);
      const folder = join(content, 'usr/lib', triplet);
      for (const file of readdirSync(folder))
        cpSync(join(folder, file), join(root, 'usr/lib', file), { verbatimSymlinks: true });
    });
  }
}

function installWithin(system, packages) {
  const folder = join(system, 'tmp/packages');
  downloadMissing(packages, join(system, 'var/lib/dpkg/status'), folder);
  const files = readdirSync(folder).filter((file) => file.endsWith('.deb'));
  // A service that a package brings must not be started on the machine that makes the image.
  const policy = join(system, 'usr/sbin/policy-rc.d');
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  runWithin(system, [
    'dpkg',
    '--force-confold',
    '--install',
    ...files.map((file) => `/tmp/packages/${file}`),
  ]);
  rmSync(policy);
}

/** @returns {Map<string, string>} path below `folder` to what tells whether a layer has to hold it */
function states(folder, prefix = '', found = new Map()) {
  for (const entry of readdirSync(join(folder, prefix), { withFileTypes: true })) {
    const path = prefix ? `${prefix}/${entry.name}` : entry.name;
    const file = join(folder, path);
    const { mode, uid, gid } = lstatSync(file);
    const content = entry.isFile()
      ? sha256(readFileSync(file))
      : entry.isSymbolicLink()
        ? readlinkSync(file)
        : '';
    found.set(path, `${mode} ${uid} ${gid} ${content}`);
    if (entry.isDirectory()) states(folder, path, found);
  }
  return found;
}

function sha256(content) {
  return createHash('sha256').update(content).digest('hex');
}

/** With the folders above them, so that these keep mode and owner, too. */
function copyPaths(from, to, paths) {
  const wanted = new Set(paths);
  for (const path of paths)
    for (let above = dirname(path); above !== '.'; above = dirname(above)) wanted.add(above);
  const list = join(dirname(from), 'changed.txt');
  const archive = join(dirname(from), 'changed.tar');
  writeFileSync(list, [...wanted].sort().join('\0'));
  const names = ['--null', '--no-recursion', '--verbatim-files-from', '--files-from', list];
  run('tar', ['-cf', archive, '-C', from, ...names], { seconds: 300 });
  run('tar', ['-xpf', archive, '-C', to], { seconds: 300 });
}

/** A folder that is gone afterwards. */
export function inWorkFolder(action) {
  const work = mkdtempSync(join(cacheFolder('layers'), 'package-'));
  try {
    return action(work);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
