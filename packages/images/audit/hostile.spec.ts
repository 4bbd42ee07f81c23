import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGzip, gzipSync } from 'node:zlib';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { buildLayout, headerOf } from '../fixture-layout';
import { ImageError } from '../image-error';
import { openLayout } from '../layout';
import { auditImage } from './audit';

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'toolbox-hostile-'));
  folder = join(parent, 'layout');
  mkdirSync(folder);
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const scratch = { base: { name: 'scratch', digest: null }, baseLayers: 0 };
const audit = async () => {
  const layout = openLayout(folder);
  return auditImage(layout, layout.images[0]!, scratch);
};

/** Puts other bytes in the place of the only layer, with a right or a wrong digest. */
function replaceLayer(bytes: Buffer, honest = true): void {
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const blob = (digest: string) => join('blobs', 'sha256', digest.slice(7));
  const sha256 = (of: Buffer | string) => `sha256:${createHash('sha256').update(of).digest('hex')}`;
  const index = read('index.json');
  const manifest = read(blob(index.manifests[0].digest));
  const digest = honest ? sha256(bytes) : manifest.layers[0].digest;
  writeFileSync(join(folder, blob(digest)), bytes);
  manifest.layers[0] = { ...manifest.layers[0], digest, size: bytes.length };
  const text = JSON.stringify(manifest);
  writeFileSync(join(folder, blob(sha256(text))), text);
  index.manifests[0] = { ...index.manifests[0], digest: sha256(text), size: text.length };
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
}

async function expectOneLine(message: RegExp): Promise<void> {
  const error = await audit().then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ImageError);
  expect((error as ImageError).message).toMatch(message);
  expect((error as ImageError).message).not.toContain('\n');
}

it('reports names that lead out of the image, and writes nothing', async () => {
  buildLayout(folder, [
    [
      { path: '../../outside', content: 'x' },
      { path: '/absolute', content: 'x' },
      { path: 'a/../../up', content: 'x' },
      { path: 'link', type: '2', link: '../../../etc/passwd' },
      { path: 'hard', type: '1', link: '../../etc/shadow' },
      { path: 'dev/mem', type: '3' },
    ],
  ]);
  const before = readdirSync(parent);
  const ids = (await audit()).findings.map(({ id }) => id);
  expect(ids.filter((id) => id === 'unsafe-path')).toHaveLength(3);
  expect(ids.filter((id) => id === 'unsafe-link')).toHaveLength(2);
  expect(ids.filter((id) => id === 'device')).toHaveLength(1);
  expect(readdirSync(parent)).toEqual(before);
});

it('refuses a blob that is cut off', async () => {
  buildLayout(folder, [[{ path: 'x', content: 'x'.repeat(100_000) }]]);
  const blobs = join(folder, 'blobs', 'sha256');
  const layer = readdirSync(blobs).find((name) => readFileSync(join(blobs, name))[0] === 0x1f)!;
  truncateSync(join(blobs, layer), statSync(join(blobs, layer)).size - 20);
  expect(() => openLayout(folder)).toThrow(/blob sha256:\w+ has \d+ bytes, its descriptor says \d+/);
});

it.each<[string, () => Buffer, boolean, RegExp]>([
  [
    'a stream that ends too early',
    () => gzipSync(Buffer.alloc(10_000, 'x')).subarray(0, 20),
    true,
    /cannot be unpacked/,
  ],
  ['other bytes than the digest says', () => gzipSync(Buffer.alloc(1024)), false, /has another digest/],
  ['bytes that are no archive', () => gzipSync(Buffer.alloc(4096, 'x')), true, /is not octal|wrong checksum/],
  ['bytes that are not compressed', () => Buffer.alloc(4096, 'x'), true, /cannot be unpacked/],
  ['an archive that ends in a file', () => gzipSync(headerOf({ path: 'x' }, 5000)), true, /it is truncated/],
  [
    'an extended header without end',
    () => gzipSync(headerOf({ path: 'x', type: 'x' }, 1e9)),
    true,
    /extended header has 1000000000 bytes/,
  ],
])('refuses %s', async (_, bytes, honest, message) => {
  buildLayout(folder, [[{ path: 'x' }]]);
  replaceLayer(bytes(), honest);
  await expectOneLine(message);
});

it('stops at a gzip bomb', async () => {
  buildLayout(folder, [[{ path: 'x' }]]);
  const size = 3 * 1024 ** 3;
  const zeros = Buffer.alloc(4 << 20);
  const chunks = function* () {
    yield headerOf({ path: 'bomb' }, size);
    for (let at = 0; at < size; at += zeros.length) yield zeros;
  };
  replaceLayer(await buffer(Readable.from(chunks()).pipe(createGzip({ level: 1 }))));
  const before = process.memoryUsage().rss;
  await expectOneLine(/unpacks to more than \d+ bytes: refused/);
  expect(process.memoryUsage().rss - before).toBeLessThan(150e6);
}, 120_000);

it('takes a million entries in its stride', async () => {
  buildLayout(folder, [[{ path: 'x' }]]);
  const chunks = function* () {
    for (let at = 0; at < 1_000_000; at += 1000)
      yield Buffer.concat(
        Array.from({ length: 1000 }, (_, n) => headerOf({ path: `d/${at / 1000}/${n}`, mode: 0o666 }, 0)),
      );
    yield Buffer.alloc(1024);
  };
  replaceLayer(await buffer(Readable.from(chunks()).pipe(createGzip({ level: 1 }))));
  const { analysis, findings } = await audit();
  expect(analysis.files).toBe(1_000_000);
  expect(findings.filter(({ id }) => id === 'world-writable')).toHaveLength(51);
}, 120_000);
