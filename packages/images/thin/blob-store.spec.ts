import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { blobPath } from '../descriptor';
import { openLayerMemo } from '../layer-memo';
import { sha256 } from '../layout';
import { BlobStore } from './blob-store';

let scratch: string;
let store: BlobStore;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'toolbox-store-'));
  store = new BlobStore(join(scratch, 'store'));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const memo = openLayerMemo(null);
const blobOf = (text: string) => ({ digest: sha256(text), size: text.length });
const layout = () => join(scratch, 'layout');
function inLayout(text: string) {
  const blob = blobOf(text);
  mkdirSync(join(layout(), 'blobs', 'sha256'), { recursive: true });
  writeFileSync(blobPath(layout(), blob.digest), text);
  memo.set(blob.digest, { uncompressed: 1 });
  return blob;
}

it('takes a blob out of a layout once, and lends it to the next build without a copy', async () => {
  const blob = inLayout('layer');
  await store.takeFrom(layout(), blob, memo);
  expect(existsSync(blobPath(layout(), blob.digest))).toBe(false);
  expect(await store.lend(layout(), blob, memo)).toBe(true);
  const inode = (folder: string) => statSync(blobPath(folder, blob.digest)).ino;
  expect(inode(layout())).toBe(inode(store.folder));
  await store.takeFrom(layout(), blob, memo);
  expect(readFileSync(blobPath(store.folder, blob.digest), 'utf8')).toBe('layer');
});

it('lends no damaged blob, and takes a good one in its place', async () => {
  const blob = inLayout('layer');
  await store.takeFrom(layout(), blob, memo);
  for (const harm of [
    () => truncateSync(blobPath(store.folder, blob.digest), 2),
    () => writeFileSync(blobPath(store.folder, blob.digest), 'lAyer'),
  ]) {
    harm();
    expect(await store.lend(layout(), blob, memo)).toBe(false);
    inLayout('layer');
    await store.takeFrom(layout(), blob, memo);
    expect(readFileSync(blobPath(store.folder, blob.digest), 'utf8')).toBe('layer');
  }
});

it('gives a copy: what happens to it does not happen to the store', async () => {
  const blob = blobOf('layer');
  await store.write(blob, Readable.from([Buffer.from('layer')]));
  expect(await store.copyInto(layout(), blob)).toBe(true);
  truncateSync(blobPath(layout(), blob.digest), 1);
  expect(readFileSync(blobPath(store.folder, blob.digest), 'utf8')).toBe('layer');
});

it('refuses a stream of other bytes, and one that ends in an error', async () => {
  const blob = blobOf('layer');
  await expect(store.write(blob, Readable.from([Buffer.from('other')]))).rejects.toThrow(
    `for ${blob.digest}`,
  );
  const cut = Readable.from(
    (function* () {
      yield Buffer.from('lay');
      throw new Error('cut');
    })(),
  );
  await expect(store.write(blob, cut)).rejects.toThrow('cut');
  expect(await store.copyInto(layout(), blob)).toBe(false);
  expect(readdirSync(join(store.folder, 'incoming'))).toEqual([]);
});

it('takes the same blob from several at once', async () => {
  const text = 'x'.repeat(300_000);
  const blob = blobOf(text);
  await Promise.all(Array.from({ length: 8 }, () => store.write(blob, Readable.from([Buffer.from(text)]))));
  expect(await store.copyInto(layout(), blob)).toBe(true);
});

it('is bounded: what was not used for longest goes, and so do leavings of processes that were killed', async () => {
  store = new BlobStore(store.folder, { bytes: 12, staleMs: 0 });
  mkdirSync(join(store.folder, 'incoming'), { recursive: true });
  const leaving = join(store.folder, 'incoming', '1-1');
  writeFileSync(leaving, 'half');
  utimesSync(leaving, 0, 0);
  for (const text of ['first', 'other', 'third']) {
    // Times of change have a resolution of some milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 20));
    await store.write(blobOf(text), Readable.from([Buffer.from(text)]));
  }
  const kept = (text: string) => existsSync(blobPath(store.folder, blobOf(text).digest));
  expect(['first', 'other', 'third'].map(kept)).toEqual([false, true, true]);
  expect(existsSync(leaving)).toBe(false);
});
