import {
  createReadStream,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { blobPath } from '../descriptor';
import { buildLayout } from '../fixture-layout';
import { ImageError } from '../image-error';
import { openLayout, sha256, verifyLayout } from '../layout';
import { BlobStore } from './blob-store';
import { completeLayout, type BlobSource } from './complete';
import { baseBlobs, type LeftOut } from './left-out';

/** What became of one copy of a blob. */
const fate = fc.constantFrom('whole', 'missing', 'truncated', 'flipped', 'empty');
type Fate = 'whole' | 'missing' | 'truncated' | 'flipped' | 'empty';

const layers = 3;
const fates = fc.tuple(...Array.from({ length: layers }, () => fate));

function damage(path: string, bytes: Buffer, how: Fate): void {
  if (how === 'missing') rmSync(path, { force: true });
  else if (how === 'truncated') writeFileSync(path, bytes.subarray(0, bytes.length - 1));
  else if (how === 'flipped')
    writeFileSync(
      path,
      bytes.map((byte, at) => (at === 20 ? byte ^ 1 : byte)),
    );
  else writeFileSync(path, how === 'empty' ? Buffer.alloc(0) : bytes);
}

/** A source that has some of the blobs whole, some damaged, and some not at all. */
function sourceOf(
  name: string,
  bytes: ReadonlyMap<string, Buffer>,
  fates: readonly Fate[],
  scratch: string,
): BlobSource {
  return {
    name,
    async fetch(_, blobs, store) {
      for (const blob of blobs) {
        const how = fates[[...bytes.keys()].indexOf(blob.digest)]!;
        if (how === 'missing') throw new ImageError(`has no ${blob.digest}.`);
        const file = join(scratch, name);
        damage(file, bytes.get(blob.digest)!, how);
        await store.write(blob, createReadStream(file));
      }
    },
  };
}

it('completes to the very image, or fails in one line that names the base, whatever is missing or damaged where', async () => {
  const properties = fc.asyncProperty(
    fates,
    fates,
    fates,
    fates,
    async (inFolder, inStore, inEngine, inRegistry) => {
      const scratch = mkdtempSync(join(tmpdir(), 'toolbox-thin-'));
      try {
        const folder = join(scratch, 'layout');
        const { digest } = buildLayout(
          folder,
          Array.from({ length: layers + 1 }, (_, at) => [
            { path: `file-${at}`, content: `content ${at}`.repeat(50) },
          ]),
        );
        const layout = openLayout(folder, digest);
        const blobs = baseBlobs(layout, [layout.images[0]!.config.rootfs.diff_ids.slice(0, layers)]);
        const leftOut: LeftOut = { base: `debian:13@sha256:${'d'.repeat(64)}`, blobs };
        const bytes = new Map(
          blobs.map((blob) => [blob.digest, readFileSync(blobPath(folder, blob.digest))]),
        );
        const store = new BlobStore(join(scratch, 'store'));
        for (const [at, blob] of blobs.entries()) {
          await store.write(blob, createReadStream(blobPath(folder, blob.digest)));
          damage(blobPath(store.folder, blob.digest), bytes.get(blob.digest)!, inStore[at]!);
          damage(blobPath(folder, blob.digest), bytes.get(blob.digest)!, inFolder[at]!);
        }
        const sources = [
          sourceOf('engine', bytes, inEngine, scratch),
          sourceOf('registry', bytes, inRegistry, scratch),
        ];
        const complete = () => completeLayout(folder, { leftOut, project: 'api' }, store, sources);

        // A source gives the blobs in order until one that it cannot give; what it gave stays.
        let missing = blobs
          .map((_, at) => at)
          .filter((at) => inFolder[at] !== 'whole' && inStore[at] !== 'whole');
        for (const source of [inEngine, inRegistry]) {
          const stop = missing.findIndex((at) => source[at] !== 'whole');
          missing = stop < 0 ? [] : missing.slice(stop);
        }
        const possible = missing.length === 0;
        const outcome = await complete().then(
          () => 'whole',
          (error: Error) => error,
        );
        if (possible) {
          expect(outcome).toBe('whole');
          await verifyLayout(openLayout(folder, digest));
          expect(await complete()).toEqual([]);
        } else {
          expect(outcome).toBeInstanceOf(ImageError);
          expect((outcome as Error).message).toMatch(
            /^[^\n]*: leaves \d layers? to its base debian:13@sha256:d+, [^\n]*--layout=full$/,
          );
        }
        // Never partial bytes: what the store gives has its digest, and nothing half-written stays anywhere.
        for (const [at, blob] of blobs.entries()) {
          const path = blobPath(folder, blob.digest);
          if (existsSync(path) && inFolder[at] === 'missing')
            expect(sha256(readFileSync(path))).toBe(blob.digest);
        }
        expect(readdirSync(folder).sort()).toEqual(['blobs', 'index.json', 'oci-layout']);
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    },
  );
  await fc.assert(properties, { numRuns: 60 });
}, 60_000);
