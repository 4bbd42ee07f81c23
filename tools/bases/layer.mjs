/**
 * Layers of stand-in images: a folder made once, stored as a gzip archive with sorted names and one fixed time, so that
 * the same content is the same digest. Kept in the cache folder under a name that says what it was made from.
 */
import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { cacheFolder } from '../engine/cache-folder.mjs';
import { run } from '../engine/run.mjs';

/** 2026-01-01: not zero, so that a build which rewrites times to an earlier one shows what it does to its base. */
export const LAYER_TIME = 1767225600;
/** The same in days, as /etc/shadow counts. */
export const LAYER_DAY = LAYER_TIME / 86400;
/** Where every image looks for programs. */
export const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * @param {string} name made from: `debian-trixie-r1-x64`
 * @param {(root: string) => void | Promise<void>} fill puts the layer's files into an empty folder
 * @returns {Promise<{ name: string, file: string, diffId: string, digest: string, size: number }>}
 */
export async function layer(name, fill) {
  const folder = cacheFolder('layers');
  const file = join(folder, `${name}.tar.gz`);
  const record = join(folder, `${name}.json`);
  if (existsSync(record) && existsSync(file))
    return { name, file, ...JSON.parse(readFileSync(record, 'utf8')) };
  const work = mkdtempSync(join(folder, 'work-'));
  try {
    const root = join(work, 'root');
    mkdirSync(root, { mode: 0o755 });
    await fill(root);
    const facts = await pack(root, work, file);
    writeFileSync(record, `${JSON.stringify(facts)}\n`);
    return { name, file, ...facts };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function pack(root, work, file) {
  const tar = join(work, 'layer.tar');
  const options = ['--sort=name', '--format=gnu', '--numeric-owner', `--mtime=@${LAYER_TIME}`];
  run('tar', ['-cf', tar, ...options, '-C', root, '.'], { seconds: 300 });
  const plain = meter();
  const packed = meter();
  const zipped = join(work, 'layer.tar.gz');
  await pipeline(createReadStream(tar), plain.stream, createGzip(), packed.stream, createWriteStream(zipped));
  renameSync(zipped, file);
  return { diffId: plain.digest(), digest: packed.digest(), size: packed.size() };
}

/** Passes bytes through, counting and hashing them. */
function meter() {
  const hash = createHash('sha256');
  let size = 0;
  const stream = new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  return { stream, digest: () => `sha256:${hash.digest('hex')}`, size: () => size };
}
