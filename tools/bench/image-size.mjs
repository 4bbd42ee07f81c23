/** Bytes of the image beside the peer's, and beside what no image of a Node.js service can do without. */
import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { baseImage, DEFAULT_MAJOR } from '../bases/catalogue.mjs';
import { peerBases, peerContext, peerImageBytes } from './peer.mjs';
import { peerVersion } from './prepare.mjs';

const sameSource = 'image-size-vs-peer-same-source';
const onAlpine = 'image-size-vs-peer-on-alpine';
export const ids = ['image-size-vs-peer', sameSource, onAlpine, 'image-size-vs-floor'];

const counted = 'bytes of the unpacked layers';

export async function measure(bench, wanted) {
  await bench.engine();
  const ours = buildOurs(bench, 'api');
  const figures = [];
  if (wanted('image-size-vs-peer') || wanted(sameSource)) {
    bench.log('the image of @nx/node:setup-docker');
    const peer = await peerImageBytes(bench);
    const beside = `${mb(peer)} of @nx/node:setup-docker ${peerVersion} built on ${peerBases.same}, where ours takes Node.js from; ${counted}`;
    figures.push({
      id: 'image-size-vs-peer',
      value: ours / peer,
      unit: 'ratio',
      goal: 0.56,
      how: `${mb(ours)} of the Fastify service of nx g toolbox:service, one bundle, default base / ${beside}`,
    });
    if (wanted(sameSource)) {
      const same = buildPeersApp(bench);
      figures.push({
        id: sameSource,
        value: same / peer,
        unit: 'ratio',
        goal: null,
        how: `${mb(same)} of the peer's own app, sources and build untouched, packages installed rather than bundled / ${beside}`,
      });
    }
  }
  if (wanted(onAlpine)) {
    const peer = await peerImageBytes(bench, peerBases.alpine);
    figures.push({
      id: onAlpine,
      value: ours / peer,
      unit: 'ratio',
      goal: null,
      how: `${mb(ours)} on glibc / ${mb(peer)} of the peer on ${peerBases.alpine}, the base that its Dockerfile names; ${counted}`,
    });
  }
  if (wanted('image-size-vs-floor')) {
    const floor = await floorOf(bench);
    figures.push({
      id: 'image-size-vs-floor',
      value: ours / floor.bytes,
      unit: 'ratio',
      goal: 1.03,
      how: `${mb(ours)} / ${mb(floor.bytes)}: node ${mb(floor.node)}, its ${floor.libraries} shared libraries by ldd ${mb(floor.shared)}, the app's output ${mb(floor.app)}; ${counted}`,
    });
  }
  return figures.filter(({ id }) => wanted(id));
}

function buildOurs(bench, project) {
  const workspace = bench.workspace();
  bench.log(`nx docker-build ${project}`);
  bench.nx(workspace, 'docker-build', project);
  const record = JSON.parse(readFileSync(join(workspace, 'dist', 'images', project, 'image.json'), 'utf8'));
  return record.sizes.uncompressed;
}

/** The peer's Dockerfile has been copied; with it in place `toolbox:service` would rightly keep it. */
function buildPeersApp(bench) {
  peerContext(bench);
  const workspace = bench.workspace();
  rmSync(join(workspace, 'apps', 'peer', 'Dockerfile'));
  bench.nx(workspace, 'g', 'toolbox:service', 'peer', '--no-interactive');
  return buildOurs(bench, 'peer');
}

/** Sizes of files alone: no folders, no archive headers, nothing else that an image needs. */
async function floorOf(bench) {
  const { name } = baseImage(`node-${DEFAULT_MAJOR}-slim`);
  const node = '/usr/local/bin/node';
  const script = `for f in ${node} $(ldd ${node} | grep -o '/[^ ]*' | sort -u); do stat -L -c '%s %n' "$f"; done`;
  const lines = (await bench.docker('run', '--rm', '--entrypoint', 'sh', name, '-c', script)).split('\n');
  const sizes = lines.map((line) => Number(line.split(' ')[0]));
  const [nodeBytes, ...libraries] = sizes;
  if (libraries.length < 3 || !sizes.every((size) => size > 0))
    throw new Error(`ldd named no libraries of ${node} in ${name}.`);
  const shared = sum(libraries);
  const app = appBytes(join(bench.workspace(), 'dist', 'apps', 'api'));
  return { bytes: nodeBytes + shared + app, node: nodeBytes, shared, libraries: libraries.length, app };
}

/** What runs: source maps and declarations are for debuggers and compilers, and are not in the image. */
function appBytes(folder) {
  return sum(
    readdirSync(folder, { recursive: true })
      .filter((file) => !/\.(map|d\.ts|tsbuildinfo)$/.test(file))
      .map((file) => statSync(join(folder, file)))
      .filter((found) => found.isFile())
      .map(({ size }) => size),
  );
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

function mb(bytes) {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
