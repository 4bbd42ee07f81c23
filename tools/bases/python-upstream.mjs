/**
 * Takes back what Debian changes in its Python, so that it behaves as one built from source under /usr/local: packages go
 * to `site-packages`, pip may install, `ensurepip` works. Each change must be found, or the recipe no longer fits.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runWithin } from './debian-package.mjs';

/** File below `lib/python3.x`, what Debian has there, and what stands there without its patches. */
const CHANGES = [
  ['sysconfig/__init__.py', /^ {4}'deb_system': \{[^}]*(?:\}[^}]*)*?^ {8}\},\n(?= {4}'posix_home')/m, ''],
  ['sysconfig/__init__.py', "'posix_home', 'posix_local', 'deb_system'", "'posix_home'"],
  [
    'sysconfig/__init__.py',
    /^ {4}if sys\.base_prefix != sys\.prefix or hasattr\(sys, "real_prefix"\):\n[^]*?prefix_scheme = 'posix_local'\n\n/m,
    '',
  ],
  ['sysconfig/__init__.py', "'prefix': prefix_scheme,", "'prefix': 'posix_prefix',"],
  ['site.py', /^ {12}if is_virtual_environment:\n[^]*?# this one is deprecated for Debian\n/m, ''],
  ['site.py', /^ {4}is_virtual_environment = .*\n\n/m, ''],
  ['site.py', '"dist-packages")', '"site-packages")'],
  ['ensurepip/__init__.py', /^ {4}_ensurepip_is_disabled_in_debian_for_system\(\)\n/m, ''],
];
/** Debian's own files: its marker for pip, and its hooks. */
const OWN = ['EXTERNALLY-MANAGED', '_distutils_system_mod.py', 'sitecustomize.py'];

/** @param {string} library `…/usr/local/lib/python3.13` @param {string} triplet `x86_64-linux-gnu` */
export function makeUpstream(library, triplet) {
  for (const name of OWN) rmSync(join(library, name), { force: true });
  for (const [name, debian, upstream] of CHANGES) {
    const file = join(library, name);
    const text = readFileSync(file, 'utf8');
    const changed = text.replace(debian, upstream);
    if (changed === text) throw new Error(`Debian's Python: ${name} has no ${debian}.`);
    writeFileSync(file, changed);
  }
  moveSettings(join(library, `_sysconfigdata__linux_${triplet}.py`), triplet);
}

/** What the interpreter says about its own build: the folders that it lies in now, and no folder with Debian's wheels. */
function moveSettings(file, triplet) {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => !line.includes("'WHEEL_PKG_DIR'"));
  const moved = lines.map((line) =>
    /^ *'(TZPATH|DTRACE|INSTALL\w*|MODULE_\w+)'/.test(line)
      ? line
      : line
          .replaceAll(/\/usr(?=\/(?:bin|lib|include|share)\b|['" ])/g, '/usr/local')
          .replaceAll(`/usr/local/lib/${triplet}/python`, '/usr/local/lib/python')
          .replaceAll(`/usr/local/lib/${triplet}`, '/usr/local/lib'),
  );
  writeFileSync(file, moved.join('\n'));
}

/** The interpreter and its library hold `site` in compiled form, too, and prefer that: it has to be the changed one. */
export function replaceFrozenSite(system, python) {
  const script = join(system, 'tmp/replace-frozen-site.py');
  cpSync(fileURLToPath(new URL('./replace-frozen-site.py', import.meta.url)), script);
  runWithin(system, [python, '-I', '-S', '/tmp/replace-frozen-site.py']);
  rmSync(script);
}
