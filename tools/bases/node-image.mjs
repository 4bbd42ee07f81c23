/** The stand-ins for `node`: what the official images add to their base: node, npm, corepack, headers, yarn, the user `node`, the entry point. */
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { addAccount } from './accounts.mjs';
import { alpineLayer } from './alpine-root.mjs';
import { alpineRelease } from './catalogue.mjs';
import { installDebian } from './debian-package.mjs';
import { debianLayer } from './debian-root.mjs';
import { addGlibc } from './glibc.mjs';
import { PATH, layer } from './layer.mjs';
import { machine } from './machine.mjs';
import { unpackNpmPackage } from './npm-package.mjs';

const CONTENTS = JSON.parse(readFileSync(new URL('./contents.json', import.meta.url), 'utf8')).node;
/** Raise it when this recipe changes what it makes. */
const RECIPE = 2;
const ENTRYPOINT = `#!/bin/sh
set -e

# As in the official images: an option, or a word that is no command, goes to node.
if [ "\${1#-}" != "$1" ] || [ -z "$(command -v "$1")" ] || { [ -f "$1" ] && ! [ -x "$1" ]; }; then
  set -- node "$@"
fi

exec "$@"
`;

/** @returns {Promise<{ layers: object[], config: object }>} */
export async function nodeImage({ tag, family }, log) {
  const version = tag.split('-')[0];
  const debian = await debianLayer(log);
  const slim = family === 'slim';
  const base = slim ? debian : await alpineLayer(alpineRelease(tag), debian);
  const added = {
    version,
    family,
    base,
    shell: slim ? '/bin/bash' : '/bin/sh',
    libraries: slim
      ? (root, packages) => packages.length > 0 && installDebian(root, debian, packages)
      : (root, packages) => addGlibc(root, debian, packages),
  };
  const { yarn } = nodeContents(version);
  const Env = [PATH, `NODE_VERSION=${version}`, ...(yarn ? [`YARN_VERSION=${yarn}`] : [])];
  const config = { Env, Entrypoint: ['docker-entrypoint.sh'], Cmd: ['node'] };
  return { layers: [base, await nodeLayer(added, log)], config };
}

/** @returns {{ npm: string, corepack: string | null, yarn: string | null, packages: string[] }} */
function nodeContents(version) {
  const found = CONTENTS[version];
  if (!found)
    throw new Error(
      `tools/bases/contents.json: ${version} is missing. Add the npm, corepack and yarn that its official image holds.`,
    );
  return found;
}

/**
 * @param {{ version: string, family: string, base: { file: string }, shell: string, libraries: (root: string, packages: string[]) => void }} options
 * `base`: the layer it goes on; `shell`: login shell of the user; `libraries`: adds what node is linked with and the base lacks; `packages`: Debian's names of those that only some versions need
 */
function nodeLayer({ version, family, base, shell, libraries }, log) {
  const { arch, openssl } = machine();
  const { npm, corepack, yarn, packages } = nodeContents(version);
  return layer(`node-${version}-${family}-r${RECIPE}-${arch}`, (root) => {
    log(`fetching node ${version}, npm ${npm}${yarn ? `, yarn ${yarn}, corepack ${corepack}` : ''}`);
    const local = join(root, 'usr/local');
    mkdirSync(join(local, 'bin'), { recursive: true });
    unpackNpmPackage(`node-linux-${arch}`, version, local);
    for (const name of ['package.json', 'share/doc/node'])
      rmSync(join(local, name), { recursive: true, force: true });
    chmodSync(join(local, 'bin/node'), 0o755);
    symlinkSync('/usr/local/bin/node', join(local, 'bin/nodejs'));
    keepOwnHeaders(join(local, 'include/node/openssl/archs'), openssl);
    addModule(local, 'npm', npm, { npm: 'bin/npm-cli.js', npx: 'bin/npx-cli.js' });
    if (corepack) addModule(local, 'corepack', corepack, { corepack: 'dist/corepack.js' });
    if (yarn) addYarn(root, yarn);
    writeFileSync(join(local, 'bin/docker-entrypoint.sh'), ENTRYPOINT, { mode: 0o755 });
    addUser(root, base, shell);
    libraries(root, packages);
  });
}

/** The official images remove the OpenSSL headers of other architectures: 34 MB. */
function keepOwnHeaders(folder, own) {
  for (const name of existsSync(folder) ? readdirSync(folder) : [])
    if (name !== own) rmSync(join(folder, name), { recursive: true });
}

function addModule(local, name, version, links) {
  const folder = join(local, 'lib/node_modules', name);
  mkdirSync(folder, { recursive: true });
  unpackNpmPackage(name, version, folder);
  for (const [link, target] of Object.entries(links)) {
    chmodSync(join(folder, target), 0o755);
    symlinkSync(`../lib/node_modules/${name}/${target}`, join(local, 'bin', link));
  }
}

function addYarn(root, version) {
  const folder = join(root, `opt/yarn-v${version}`);
  mkdirSync(folder, { recursive: true });
  unpackNpmPackage('yarn', version, folder);
  for (const name of ['yarn', 'yarnpkg', 'yarn.js']) chmodSync(join(folder, 'bin', name), 0o755);
  for (const name of ['yarn', 'yarnpkg'])
    symlinkSync(`/opt/yarn-v${version}/bin/${name}`, join(root, 'usr/local/bin', name));
}

function addUser(root, base, shell) {
  const home = join(root, 'home/node');
  addAccount(root, base, { name: 'node', id: 1000, home: '/home/node', shell });
  mkdirSync(home, { recursive: true });
  chownSync(home, 1000, 1000);
}
