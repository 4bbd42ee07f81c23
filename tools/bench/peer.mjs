/** The app and image of the public generator `@nx/node:application --docker`, which runs `@nx/node:setup-docker`. */
import {
  cpSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { DEFAULT_MAJOR, baseImage } from '../bases/catalogue.mjs';
import { run } from '../engine/run.mjs';

const tag = 'toolbox-bench/peer';
const preparedBase = 'toolbox-bench/base';
/** What the peer's Dockerfile names. */
const named = 'node:lts-alpine';

/**
 * What the peer is built on. `same`: the image that ours takes Node.js from, so that both sides stand on one base. `alpine`: what its Dockerfile names.
 */
export const peerBases = { same: baseImage(`node-${DEFAULT_MAJOR}-slim`).name, alpine: named };

/** @returns {string} folder with the peer's Dockerfile and, in `dist`, what its own build made */
export function peerContext(bench) {
  return bench.once('peer', () => {
    const workspace = bench.workspace();
    bench.log('nx g @nx/node:application apps/peer --framework=fastify --bundler=esbuild --docker');
    const options = ['e2eTestRunner', 'unitTestRunner', 'linter'].map((option) => `--${option}=none`);
    bench.nx(
      workspace,
      'g',
      '@nx/node:application',
      'apps/peer',
      '--name=peer',
      '--framework=fastify',
      '--bundler=esbuild',
      '--docker',
      ...options,
      '--no-interactive',
    );
    bench.nx(workspace, 'build', 'peer');
    // Its `COPY dist .` names a folder that its own build does not write in such a workspace: the output is put there.
    const context = join(bench.folder, 'peer');
    mkdirSync(context);
    cpSync(join(workspace, 'dist', 'apps', 'peer'), join(context, 'dist'), { recursive: true });
    cpSync(join(workspace, 'apps', 'peer', 'Dockerfile'), join(context, 'Dockerfile'));
    return context;
  });
}

/**
 * Arguments of the peer's build. Its base gets a layer on top, which the size leaves out: the certificate authority that this machine
 * may need for `npm install`, and the two programs of Alpine that the Dockerfile calls where the base lacks them.
 * @returns {Promise<string[]>}
 */
export async function peerBuildArguments(bench, base = peerBases.same) {
  const context = peerContext(bench);
  await bench.engine();
  const folder = join(bench.folder, 'peer-base');
  mkdirSync(folder, { recursive: true });
  const authority = process.env.NODE_EXTRA_CA_CERTS;
  if (authority && existsSync(authority)) cpSync(authority, join(folder, 'ca.pem'));
  else writeFileSync(join(folder, 'ca.pem'), '');
  for (const program of ['addgroup', 'adduser'])
    cpSync(new URL(`../bases/alpine/${program}`, import.meta.url), join(folder, program));
  writeFileSync(
    join(folder, 'Dockerfile'),
    `FROM ${base}\nCOPY --chmod=755 . /opt/bench/\nENV NODE_EXTRA_CA_CERTS=/opt/bench/ca.pem PATH=$PATH:/opt/bench\n`,
  );
  await bench.docker('build', '--quiet', '--tag', preparedBase, folder);
  const replaced = ['--build-context', `${named}=docker-image://${preparedBase}`];
  return ['build', ...replaced, '--tag', tag, context];
}

/** @returns {Promise<number>} bytes of the peer's image on that base: its layers' unpacked archives */
export async function peerImageBytes(bench, base = peerBases.same) {
  await bench.docker(...(await peerBuildArguments(bench, base)));
  return imageBytes(bench, tag, (diffIds) => layerOnTop(bench, base, diffIds));
}

/**
 * Bytes of an image of the engine: its layers' unpacked archives.
 * @param {(diffIds: string[]) => Promise<string | null>} [leftOut] the layer that does not count
 * @returns {Promise<number>}
 */
export async function imageBytes(bench, image, leftOut = async () => null) {
  const folder = join(bench.folder, 'peer-image');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await bench.docker('image', 'save', '--output', `${folder}.tar`, image);
  run('tar', ['-xf', `${folder}.tar`, '-C', folder], { seconds: 300 });
  const [{ Config, Layers }] = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const { diff_ids: diffIds } = JSON.parse(readFileSync(join(folder, Config), 'utf8')).rootfs;
  const added = await leftOut(diffIds);
  let bytes = 0;
  for (const [at, layer] of Layers.entries()) {
    if (diffIds[at] !== added) bytes += await unpackedBytes(join(folder, layer));
  }
  return bytes;
}

/** The one layer that the bench put on the base. */
async function layerOnTop(bench, base, diffIds) {
  const layersOf = async (image) =>
    JSON.parse(await bench.docker('image', 'inspect', '--format', '{{json .RootFS.Layers}}', image));
  const plain = new Set(await layersOf(base));
  const added = (await layersOf(preparedBase)).filter((layer) => !plain.has(layer));
  if (added.length !== 1 || !diffIds.includes(added[0]))
    throw new Error('The peer was not built on the base that the bench prepared.');
  return added[0];
}

async function unpackedBytes(file) {
  const source = createReadStream(file);
  const magic = readFileSync(file).subarray(0, 2);
  const stream = magic[0] === 0x1f && magic[1] === 0x8b ? source.pipe(createGunzip()) : source;
  let bytes = 0;
  for await (const chunk of stream) bytes += chunk.length;
  return bytes;
}

/** What was named on the way; the engine's build cache is left as it is. */
export async function removePeerImages(bench) {
  if (bench.made('peer')) await bench.docker('image', 'rm', '--force', tag, preparedBase);
}
