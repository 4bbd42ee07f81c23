/** The stand-ins for `python`: Debian's Python without Debian's changes, moved to /usr/local, with pip from the package index. */
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { run } from '../engine/run.mjs';
import { alpineLayer } from './alpine-root.mjs';
import { alpineRelease } from './catalogue.mjs';
import { extractPackages, inWorkFolder, installDebian, runWithin } from './debian-package.mjs';
import { debianLayer } from './debian-root.mjs';
import { addGlibc, addLibraries } from './glibc.mjs';
import { PATH, layer } from './layer.mjs';
import { machine } from './machine.mjs';
import { fetchWheel } from './pypi-package.mjs';
import { makeUpstream, replaceFrozenSite } from './python-upstream.mjs';

const CONTENTS = JSON.parse(readFileSync(new URL('./contents.json', import.meta.url), 'utf8')).python;
/** Raise it when this recipe changes what it makes. */
const RECIPE = 1;
/** What the official slim image installs, and the libraries that Debian's builds of the extension modules need. */
const BESIDE = [
  'ca-certificates',
  'netbase',
  'tzdata',
  'libbz2-1.0',
  'libdb5.3t64',
  'libexpat1',
  'libffi8',
  'liblzma5',
  'libncursesw6',
  'libreadline8t64',
  'libsqlite3-0',
  'libssl3t64',
  'libuuid1',
  'zlib1g',
];
/** The same for the Alpine-like base, which has no package database: by the names that the modules ask for. */
const LIBRARIES = [
  'libbz2.so.1.0',
  'libdb-5.3.so',
  'libexpat.so.1',
  'libffi.so.8',
  'liblzma.so.5',
  'libncursesw.so.6',
  'libpanelw.so.6',
  'libreadline.so.8',
  'libsqlite3.so.0',
  'libtinfo.so.6',
  'libuuid.so.1',
  'libz.so.1',
  'libzstd.so.1',
];

/** @returns {Promise<{ layers: object[], config: object }>} */
export async function pythonImage({ tag, family }, log) {
  const version = tag.split('-')[0];
  const debian = await debianLayer(log);
  const slim = await slimLayer(version, debian, log);
  const config = {
    Env: [`PATH=/usr/local/bin:${PATH.replace('PATH=', '')}`],
    Cmd: ['python3'],
  };
  if (family === 'slim') return { layers: [debian, slim], config };
  const alpine = await alpineLayer(alpineRelease(tag), debian);
  return { layers: [alpine, await layerForAlpine(version, debian, slim)], config };
}

function slimLayer(version, debian, log) {
  const { arch } = machine();
  return layer(`python-${version}-slim-r${RECIPE}-${arch}`, (root) => {
    log(`unpacking Debian's Python for ${version}`);
    const wheel = fetchWheel('pip', contentsOf(version).pip);
    installDebian(root, debian, BESIDE, {
      after: (system) => {
        addPython(system, version);
        const python = `/usr/local/bin/python${minor(version)}`;
        const found = runWithin(system, [python, '--version']).trim();
        const expected = contentsOf(version).debian;
        if (found !== `Python ${expected}`)
          throw new Error(`Debian has ${found}, tools/bases/contents.json says ${expected}.`);
        replaceFrozenSite(system, python);
        const bundled = join(system, 'usr/local/lib', `python${minor(version)}`, 'ensurepip/_bundled');
        mkdirSync(bundled, { recursive: true });
        cpSync(wheel, join(bundled, wheel.split('/').at(-1)));
        runWithin(system, [python, '-m', 'ensurepip', '--default-pip']);
        runWithin(system, ['ldconfig']);
      },
    });
  });
}

function layerForAlpine(version, debian, slim) {
  const { arch } = machine();
  return layer(`python-${version}-alpine-r${RECIPE}-${arch}`, (root) => {
    // The interpreter, the certificates and the time zones of the other stand-in; Alpine keeps its bundle at cert.pem.
    const parts = ['./usr/local', './etc/ssl/certs'];
    run('tar', ['-xpzf', slim.file, '-C', root, ...parts], { seconds: 120 });
    run('tar', ['-xpzf', debian.file, '-C', root, './usr/share/zoneinfo'], { seconds: 120 });
    symlinkSync('certs/ca-certificates.crt', join(root, 'etc/ssl/cert.pem'));
    mkdirSync(join(root, 'usr/lib/ssl'), { recursive: true });
    for (const name of ['certs', 'cert.pem'])
      symlinkSync(`/etc/ssl/${name}`, join(root, 'usr/lib/ssl', name));
    addGlibc(root, debian, []);
    addLibraries(root, [debian, slim], LIBRARIES, 'usr/lib');
  });
}

/** @returns {{ debian: string, pip: { version: string, sha256: string } }} */
function contentsOf(version) {
  const found = CONTENTS[version];
  if (!found)
    throw new Error(
      `tools/bases/contents.json: python ${version} is missing. Add Debian's version of it and its pip.`,
    );
  return found;
}

function minor(version) {
  return version.split('.').slice(0, 2).join('.');
}

/** Interpreter, library, headers and standard library in the places of the official image. */
function addPython(system, version) {
  const { triplet } = machine();
  const name = `python${minor(version)}`;
  const packages = [`lib${name}-minimal`, `${name}-minimal`, `lib${name}-stdlib`, name, `${name}-venv`];
  inWorkFolder((content) => {
    extractPackages([...packages, `lib${name}`, `lib${name}-dev`], content);
    const local = join(system, 'usr/local');
    const library = join(local, 'lib', name);
    cpSync(join(content, 'usr/lib', name), library, { recursive: true, verbatimSymlinks: true });
    cpSync(join(content, 'usr/include', name), join(local, 'include', name), { recursive: true });
    cpSync(
      join(content, 'usr/include', triplet, name, 'pyconfig.h'),
      join(local, 'include', name, 'pyconfig.h'),
    );
    for (const file of ['so.1', 'so.1.0'])
      cpSync(join(content, 'usr/lib', triplet, `lib${name}.${file}`), join(local, `lib/lib${name}.${file}`), {
        verbatimSymlinks: true,
      });
    symlinkSync(`lib${name}.so.1.0`, join(local, `lib/lib${name}.so`));
    addPrograms(content, local, name, triplet);
    removeUnused(library, join(library, `config-${name.replace('python', '')}-${triplet}`));
    makeUpstream(library, triplet);
  });
}

function addPrograms(content, local, name, triplet) {
  const bin = join(local, 'bin');
  const own = join(content, 'usr/bin');
  const version = name.replace('python', '');
  cpSync(join(own, name), join(bin, name));
  const pydoc = readFileSync(join(own, `pydoc${version}`), 'utf8');
  writeFileSync(join(bin, `pydoc${version}`), pydoc.replace(/^#! ?\/usr\//, '#!/usr/local/'));
  const config = readFileSync(join(own, `${triplet}-${name}-config`), 'utf8');
  writeFileSync(join(bin, `${name}-config`), config.replaceAll(`/lib/${triplet}`, '/lib'));
  for (const file of [name, `pydoc${version}`, `${name}-config`]) chmodSync(join(bin, file), 0o755);
  const links = {
    python3: name,
    python: 'python3',
    pydoc3: `pydoc${version}`,
    pydoc: 'pydoc3',
    'python3-config': `${name}-config`,
    'python-config': 'python3-config',
  };
  for (const [link, target] of Object.entries(links)) symlinkSync(target, join(bin, link));
}

/** The official image leaves out the tests, and what only a build against a static interpreter needs: 25 MB. */
function removeUnused(library, config) {
  rmSync(join(library, 'test'), { recursive: true, force: true });
  for (const file of readdirSync(config)) if (/\.(a|o|so)$/.test(file)) rmSync(join(config, file));
}
