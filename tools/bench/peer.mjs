/** The app and image of the public generator `@nx/node:application --docker`, which runs `@nx/node:setup-docker`. */
import { cpSync, createReadStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { run } from '../engine/run.mjs';

const tag = 'toolbox-bench/peer';
const base = 'node:lts-alpine';
const baseWithAuthority = 'toolbox-bench/base';

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
 * Arguments of the peer's build. Its `npm install` knows no authority but the public ones: where this machine needs another,
 * the base is replaced by itself with that one in a layer on top, which the size leaves out.
 * @returns {Promise<string[]>}
 */
export async function peerBuildArguments(bench) {
  const context = peerContext(bench);
  await bench.engine();
  const authority = process.env.NODE_EXTRA_CA_CERTS;
  const replaced = [];
  if (authority && existsSync(authority)) {
    const folder = join(bench.folder, 'peer-base');
    mkdirSync(folder, { recursive: true });
    cpSync(authority, join(folder, 'ca.pem'));
    writeFileSync(
      join(folder, 'Dockerfile'),
      `FROM ${base}\nCOPY ca.pem /etc/bench-ca.pem\nENV NODE_EXTRA_CA_CERTS=/etc/bench-ca.pem\n`,
    );
    await bench.docker('build', '--quiet', '--tag', baseWithAuthority, folder);
    replaced.push('--build-context', `${base}=docker-image://${baseWithAuthority}`);
  }
  return ['build', ...replaced, '--tag', tag, context];
}

/** @returns {Promise<number>} bytes of the peer's image: its layers' unpacked archives */
export async function peerImageBytes(bench) {
  await bench.docker(...(await peerBuildArguments(bench)));
  const folder = join(bench.folder, 'peer-image');
  mkdirSync(folder, { recursive: true });
  await bench.docker('image', 'save', '--output', `${folder}.tar`, tag);
  run('tar', ['-xf', `${folder}.tar`, '-C', folder], { seconds: 300 });
  const [{ Config, Layers }] = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const { diff_ids: diffIds } = JSON.parse(readFileSync(join(folder, Config), 'utf8')).rootfs;
  const own = await ownLayers(bench, diffIds);
  let bytes = 0;
  for (const [at, layer] of Layers.entries()) {
    if (own.has(diffIds[at])) bytes += await unpackedBytes(join(folder, layer));
  }
  return bytes;
}

/** All layers but the one that holds the authority. */
async function ownLayers(bench, diffIds) {
  if (!process.env.NODE_EXTRA_CA_CERTS || !existsSync(process.env.NODE_EXTRA_CA_CERTS))
    return new Set(diffIds);
  const layersOf = async (image) =>
    JSON.parse(await bench.docker('image', 'inspect', '--format', '{{json .RootFS.Layers}}', image));
  const plain = new Set(await layersOf(base));
  const added = (await layersOf(baseWithAuthority)).filter((layer) => !plain.has(layer));
  if (added.length !== 1 || !diffIds.includes(added[0]))
    throw new Error('The peer was not built on the base with the authority.');
  return new Set(diffIds.filter((layer) => layer !== added[0]));
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
  if (bench.made('peer')) await bench.docker('image', 'rm', '--force', tag, baseWithAuthority);
}
