import { rmSync } from 'node:fs';
import { gzipFile } from '../docker-archive';
import { SavedFiles } from '../saved-files';
import { TarReader } from '../tar-reader';
import type { BlobStore } from './blob-store';
import type { LeftOutBlob } from './left-out';

/**
 * Takes the wanted layers out of what `docker save` writes into the store: as they are, or, where the engine keeps plain archives, compressed as
 * `docker-build` does it. A layer that its registry compressed otherwise cannot be had that way.
 * @throws ImageError where the archive is truncated
 */
export async function storeFromArchive(
  archive: NodeJS.ReadableStream,
  wanted: readonly LeftOutBlob[],
  store: BlobStore,
): Promise<void> {
  const staging = store.staging();
  const files = new SavedFiles(staging, () => false);
  try {
    const reader = new TarReader(files, 'docker save');
    for await (const chunk of archive) reader.write(chunk as Buffer);
    reader.finish();
    for (const { path, digest } of files.all()) {
      if (wanted.some((blob) => blob.digest === digest)) {
        store.adopt(path, digest);
        continue;
      }
      const blob = wanted.find(({ diffId }) => diffId === digest);
      if (!blob) continue;
      const made = await gzipFile(path);
      if (made.digest === blob.digest) store.adopt(made.path, made.digest);
    }
  } finally {
    files.close();
    rmSync(staging, { recursive: true, force: true });
  }
}
