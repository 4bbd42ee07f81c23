import { join, resolve } from 'node:path';
import { cacheDir, logger } from '@nx/devkit';
import { engineNames } from '../packages/engines/engines';
import type { ImageRecord } from '../packages/images/image-record';
import { openLayout, type Layout } from '../packages/images/layout';
import { BlobStore } from '../packages/images/thin/blob-store';
import { completeLayout } from '../packages/images/thin/complete';
import { engineSource, registrySource } from './blob-sources';
import { megabytes } from '../packages/report/megabytes';
import { engineFor } from './project-image';

/** The blobs of base images lie in Nx's cache: what carries that one to another machine carries them, and `nx reset` empties both. */
export function blobStore(workspaceRoot: string): BlobStore {
  const chosen = process.env['NX_CACHE_DIRECTORY'];
  return new BlobStore(join(chosen ? resolve(workspaceRoot, chosen) : cacheDir, 'toolbox-base-layers'));
}

export interface WholeLayoutOptions {
  readonly workspaceRoot: string;
  /** Engine that the task works with. Default: every one that there is. */
  readonly engine?: string;
  /** Digests of the layers that are needed. Default: all. */
  readonly only?: ReadonlySet<string>;
}

/**
 * Brings what a thin layout leaves out into its folder, and says where it came from. The one way for a task to the bytes of an image.
 * @throws ImageError in one line where nothing has a layer
 */
export async function completeImage(
  folder: string,
  record: ImageRecord,
  { workspaceRoot, engine, only }: WholeLayoutOptions,
): Promise<void> {
  const { leftOut } = record;
  if (!leftOut) return;
  const engines = (engine === undefined ? engineNames : [engine]).map((name) =>
    engineFor(name, workspaceRoot),
  );
  const sources = [...engines.map(engineSource), registrySource(leftOut.base)];
  const store = blobStore(workspaceRoot);
  for (const { from, blobs } of await completeLayout(folder, record, store, sources, only)) {
    const bytes = megabytes(blobs.reduce((total, { size }) => total + size, 0));
    const layers = blobs.length === 1 ? 'layer' : 'layers';
    logger.log(
      `${record.project}: ${blobs.length} ${layers} (${bytes}) of its base ${leftOut.base} came from ${from}.`,
    );
  }
}

/** Opens a layout with all its bytes: a thin one is completed first. @throws ImageError */
export async function openWholeLayout(
  folder: string,
  record: ImageRecord,
  options: WholeLayoutOptions,
): Promise<Layout> {
  await completeImage(folder, record, options);
  return openLayout(folder, record.digest);
}

/** Opens a layout for its manifests and configurations; the layers that it leaves out may be missing. @throws ImageError */
export function openThinLayout(folder: string, { digest, leftOut }: ImageRecord): Layout {
  return openLayout(folder, digest, new Set(leftOut?.blobs.map((blob) => blob.digest)));
}
