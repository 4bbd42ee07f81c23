import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as zlib from 'node:zlib';
import { mediaTypes } from './descriptor';
import { readLayer } from './layer-bytes';
import { sha256 } from './layout';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'toolbox-layer-'));
  mkdirSync(join(folder, 'blobs', 'sha256'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function layerOf(bytes: Buffer, mediaType: string = mediaTypes.gzipLayer, digest = sha256(bytes)) {
  writeFileSync(join(folder, 'blobs', 'sha256', digest.slice(7)), bytes);
  return { mediaType, digest, size: bytes.length };
}

const plain = Buffer.alloc(3_000_000, 'abc');
const gzip = zlib.gzipSync(plain);
const flipped = Buffer.from(gzip);
flipped[flipped.length - 2]! ^= 1;

it.each<[string, Buffer, string, number]>([
  ['gzip', gzip, mediaTypes.gzipLayer, 3_000_000],
  [
    'gzip of several members, as pigz and estargz write it',
    Buffer.concat([gzip, gzip]),
    mediaTypes.gzipLayer,
    6_000_000,
  ],
  ['gzip padded with zeros', Buffer.concat([gzip, Buffer.alloc(600_000)]), mediaTypes.gzipLayer, 3_000_000],
  ['gzip of Docker', gzip, 'application/vnd.docker.image.rootfs.diff.tar.gzip', 3_000_000],
  ['a plain archive', plain, mediaTypes.layer, 3_000_000],
])('unpacks %s', async (_, bytes, mediaType, expected) => {
  const parts: Buffer[] = [];
  expect(await readLayer(folder, layerOf(bytes, mediaType), (chunk) => void parts.push(chunk))).toBe(
    expected,
  );
  expect(Buffer.concat(parts).subarray(0, plain.length).equals(plain)).toBe(true);
});

it('unpacks zstd where Node.js can, and says which one can where it cannot', async () => {
  const compress = (zlib as { zstdCompressSync?: (bytes: Buffer) => Buffer }).zstdCompressSync;
  const layer = layerOf(compress ? compress(plain) : gzip, `${mediaTypes.layer}+zstd`);
  const read = readLayer(folder, layer, () => undefined).catch((error: Error) => error.message);
  expect(await read).toEqual(compress ? plain.length : expect.stringMatching(/Use Node\.js 22\.15 or later/));
});

it('waits for a slow reader', async () => {
  let busy = 0;
  await readLayer(folder, layerOf(gzip), async () => {
    busy += 1;
    expect(busy).toBe(1);
    await setTimeout(2);
    busy -= 1;
  });
});

it.each<[string, Buffer, RegExp, { mediaType?: string; digest?: string }]>([
  ['nothing', Buffer.alloc(0), /cannot be unpacked/, {}],
  ['something else', Buffer.from('hello, hello, hello'), /cannot be unpacked/, {}],
  ['half a layer', gzip.subarray(0, gzip.length - 9), /cannot be unpacked/, {}],
  ['garbage behind a layer', Buffer.concat([gzip, Buffer.from('garbage')]), /cannot be unpacked/, {}],
  ['a changed bit', flipped, /cannot be unpacked/, {}],
  ['another digest', gzip, /has another digest/, { digest: `sha256:${'a'.repeat(64)}` }],
  [
    'another digest of a plain archive',
    plain,
    /has another digest/,
    { mediaType: mediaTypes.layer, digest: `sha256:${'b'.repeat(64)}` },
  ],
  ['an unknown media type', gzip, /unknown media type text\/plain/, { mediaType: 'text/plain' }],
])('refuses %s in one line', async (_, bytes, message, { mediaType, digest }) => {
  const layer = layerOf(bytes, mediaType, digest);
  const error = await readLayer(folder, layer, () => undefined).catch((thrown: Error) => thrown);
  expect(error).toMatchObject({ name: 'ImageError', message: expect.stringMatching(message) as string });
  expect((error as Error).message).not.toContain('\n');
});

it('stops at a layer that unpacks to more than it may', async () => {
  let bytes = 0;
  const read = readLayer(folder, layerOf(gzip), (chunk) => void (bytes += chunk.length), 1_000_000);
  await expect(read).rejects.toThrow(/unpacks to more than 1000000 bytes: refused/);
  expect(bytes).toBeLessThanOrEqual(1_000_000);
});

it('passes on what the reader of the chunks throws', async () => {
  const failing = () => {
    throw new Error('a wrong header');
  };
  await expect(readLayer(folder, layerOf(gzip), failing)).rejects.toThrow(/a wrong header/);
});
