import { existsSync, linkSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { blobPath } from '../../packages/images/descriptor';
import type { ImageRecord } from '../../packages/images/image-record';

/**
 * Layouts that this process finished. BuildKit sends no blob that a layout's folder has already: a layer that the next image shares with a finished one
 * is linked instead, which takes no time and no disk. Blobs are never written in place, so one file may stand in several layouts.
 */
export class SharedLayers {
  private readonly finished: { readonly folder: string; readonly record: ImageRecord }[] = [];

  add(folder: string, record: ImageRecord): void {
    this.finished.push({ folder, record });
  }

  /** Links the layers of all finished images on the same base into `folder`; those that turn out not to be the image's are removed at its end. */
  linkInto(folder: string, base: string): void {
    for (const { folder: source, record } of this.finished) {
      if (record.base.name !== base) continue;
      for (const { digest } of record.layers) link(blobPath(source, digest), blobPath(folder, digest));
    }
  }
}

function link(from: string, to: string): void {
  if (existsSync(to)) return;
  try {
    mkdirSync(dirname(to), { recursive: true });
    linkSync(from, to);
  } catch {
    // Another disk, or one without links: the layer is sent.
  }
}
