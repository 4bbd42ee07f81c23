/** Time and memory of the size check on an image of 200 MB, beside `gzip -dc layer | tar t`, which is the least that can read it. */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  createReadStream,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { writeJson } from './prepare.mjs';
import { median, takeTurns } from './statistics.mjs';

export const ids = ['size-check-time', 'size-check-memory'];

export const files = 20_000;
export const bytes = 200e6;
export const rounds = 7;
export const image = `one gzip layer, ${bytes / 1e6} MB in ${files} files, half text and half random bytes, made with tar and gzip`;

export async function measure(bench, wanted) {
  bench.log(`an image of ${bytes / 1e6} MB with ${files} files`);
  const folder = join(bench.folder, 'size-check');
  const layer = await makeLayout(folder);
  const child = fileURLToPath(new URL('size-check-child.mjs', import.meta.url));
  const report = join(folder, 'report.json');
  const memory = [];
  const check = async () => {
    await ended(
      spawn(process.execPath, [child, bench.module('packages/images'), folder, report], {
        stdio: 'inherit',
        env: bench.env(),
      }),
    );
    const found = JSON.parse(readFileSync(report, 'utf8'));
    if (found.files !== files) throw new Error(`the size check saw ${found.files} of ${files} files.`);
    if (found.uncompressed < bytes) throw new Error(`the image has only ${found.uncompressed} bytes.`);
    memory.push(found.maxRss);
  };
  bench.module('');
  bench.log('the size check and gzip | tar in turns');
  const taken = await takeTurns({ ours: check, tar: () => list(layer, folder) }, rounds);
  const ours = median(taken.ours);
  const tar = median(taken.tar);
  rmSync(folder, { recursive: true, force: true });
  return [
    {
      id: 'size-check-time',
      value: ours / tar,
      unit: 'ratio',
      goal: 1.3,
      how: `analysis of the layout, whole Node.js process with its start, ${ours.toFixed(2)} s / gzip -dc layer | tar t ${tar.toFixed(2)} s; ${image}; medians of ${rounds} rounds in turns`,
    },
    {
      id: 'size-check-memory',
      value: Math.max(...memory) / 1e6,
      unit: 'MB',
      goal: 150,
      how: `largest resident set of that process (process.resourceUsage().maxRSS) in any of ${rounds} rounds; ${image}`,
    },
  ].filter(({ id }) => wanted(id));
}

/** @returns {Promise<string>} the layer's file in a layout of one image */
export async function makeLayout(folder) {
  const tree = join(folder, 'tree');
  writeTree(tree);
  const blobs = join(folder, 'blobs', 'sha256');
  mkdirSync(blobs, { recursive: true });
  const archive = join(folder, 'layer.tar');
  await ended(spawn('tar', ['-cf', archive, '-C', tree, '.'], { stdio: 'inherit' }));
  rmSync(tree, { recursive: true });
  const diffId = await sha256(archive);
  await ended(spawn('gzip', ['-n', archive], { stdio: 'inherit' }));
  const layer = {
    ...oci('layer.v1.tar+gzip'),
    digest: await sha256(`${archive}.gz`),
    size: statSync(`${archive}.gz`).size,
  };
  const file = join(blobs, layer.digest.slice(7));
  renameSync(`${archive}.gz`, file);
  const config = blob(blobs, 'config.v1+json', {
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [diffId] },
    history: [{ created_by: 'COPY tree /' }],
  });
  const manifest = blob(blobs, 'manifest.v1+json', {
    schemaVersion: 2,
    ...oci('manifest.v1+json'),
    config,
    layers: [layer],
  });
  writeJson(join(folder, 'oci-layout'), { imageLayoutVersion: '1.0.0' });
  writeJson(join(folder, 'index.json'), { schemaVersion: 2, manifests: [manifest] });
  return file;
}

/** Sizes as in a node_modules folder: most files small, some large; the same on every machine. */
function writeTree(tree) {
  const text = Buffer.from(readFileSync(new URL('size-check.mjs', import.meta.url), 'utf8').repeat(200));
  const noise = randomBytes(1 << 20);
  const weights = Array.from({ length: files }, (_, at) => 1 / (1 + ((at * 7919) % 400)));
  const scale = bytes / weights.reduce((sum, weight) => sum + weight, 0);
  for (let at = 0; at < files; at += 1) {
    const folder = join(
      tree,
      'app',
      'node_modules',
      `package-${Math.floor(at / 100)}`,
      `lib-${Math.floor(at / 20) % 5}`,
    );
    if (at % 20 === 0) mkdirSync(folder, { recursive: true });
    const source = at % 2 ? text : noise;
    const size = Math.round(scale * weights[at]);
    const start = (at * 4099) % Math.max(1, source.length - size);
    writeFileSync(join(folder, `file-${at}.js`), source.subarray(start, start + size));
  }
}

export function list(layer, folder) {
  const gzip = spawn('gzip', ['-dc'], { stdio: [openSync(layer, 'r'), 'pipe', 'inherit'] });
  const tar = spawn('tar', ['t'], { stdio: [gzip.stdout, openSync(join(folder, 'list'), 'w'), 'inherit'] });
  gzip.stdout.destroy();
  return Promise.all([ended(gzip), ended(tar)]);
}

export function ended(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`${child.spawnfile} ended with ${code ?? signal}.`)),
    );
  });
}

async function sha256(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return `sha256:${hash.digest('hex')}`;
}

function blob(blobs, kind, value) {
  const content = Buffer.from(JSON.stringify(value));
  const digest = createHash('sha256').update(content).digest('hex');
  writeFileSync(join(blobs, digest), content);
  return { ...oci(kind), digest: `sha256:${digest}`, size: content.length };
}

function oci(kind) {
  return { mediaType: `application/vnd.oci.image.${kind}` };
}
