/**
 * The C and C++ libraries that the npm builds of node are linked with, out of the Debian layer: the Alpine-like base has
 * none (the official Alpine images run a build of node against musl, which no package registry carries).
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cacheFolder } from '../engine/cache-folder.mjs';
import { run } from '../engine/run.mjs';
import { extractLibraries } from './debian-package.mjs';
import { machine } from './machine.mjs';

const NODE_NEEDS = [
  'libc.so.6',
  'libm.so.6',
  'libdl.so.2',
  'libpthread.so.0',
  'librt.so.1',
  'libgcc_s.so.1',
  'libstdc++.so.6',
];

/** Adds loader, libraries, and an `ldd` that answers as glibc's does. */
export function addGlibc(root, debian, packages) {
  const { loader, triplet } = machine();
  addLibraries(root, debian, NODE_NEEDS, 'usr/lib');
  addLibraries(root, debian, [basename(loader)], dirname(loader));
  extractLibraries(root, packages, triplet);
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  const script = `#!/bin/sh\nfor file in "$@"; do /${loader} --list "$file" || exit 1; done\n`;
  writeFileSync(join(root, 'usr/bin/ldd'), script, { mode: 0o755 });
}

/**
 * Copies libraries by the name that programs ask for, as plain files.
 * @param {{ file: string } | { file: string }[]} layers that hold them, each on top of the one before
 */
export function addLibraries(root, layers, names, folder) {
  const { triplet } = machine();
  const work = mkdtempSync(join(cacheFolder('layers'), 'libraries-'));
  try {
    for (const { file } of [layers].flat())
      run('tar', ['-xzf', file, '-C', work, `./usr/lib/${triplet}`], { seconds: 120 });
    mkdirSync(join(root, folder), { recursive: true });
    for (const name of names) {
      const file = join(work, 'usr/lib', triplet, name);
      if (!existsSync(file)) throw new Error(`${name} is not in the Debian root.`);
      cpSync(realpathSync(file), join(root, folder, name));
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
