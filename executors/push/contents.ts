import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  blobPath,
  isIndex,
  type Descriptor,
  type Index,
  type Manifest,
} from '../../packages/images/descriptor';
import { ImageError } from '../../packages/images/image-error';
import { readJsonBlob } from '../../packages/images/layout';
import type { RawManifest } from '../../packages/registry/manifests';
import type { ImageSource } from '../../packages/registry/push-image';

/** What of a layout goes to a registry: everything that the image names, of all platforms, whatever it is. */
export type LayoutContents = Omit<ImageSource, 'mountFrom'>;

const again = 'Delete the folder and run docker-build again.';

/**
 * Reads the manifests of a layout, and checks them by their digests.
 * @param complete brings a blob that a thin layout leaves out into the folder
 * @throws ImageError
 */
export function contentsOf(
  folder: string,
  digest: string,
  complete: (digest: string) => Promise<void> = () => Promise.resolve(),
): LayoutContents {
  const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as Index;
  const root = index.manifests.find((entry) => entry.digest === digest);
  if (!root) throw new ImageError(`${folder}/index.json: does not name ${digest}. ${again}`);
  const manifests = new Map<string, RawManifest>();
  const blobs = new Map<string, Descriptor>();
  const visit = (descriptor: Descriptor) => {
    const { mediaType, digest } = descriptor;
    const content = readJsonBlob<Partial<Index & Manifest>>(folder, descriptor);
    if (isIndex(mediaType)) content.manifests?.forEach(visit);
    else
      for (const blob of [content.config, ...(content.layers ?? [])]) if (blob) blobs.set(blob.digest, blob);
    // After what it names: a registry refuses a manifest with unknown parts.
    manifests.set(digest, { mediaType, digest, bytes: readFileSync(blobPath(folder, digest)) });
  };
  visit(root);
  return {
    manifests: [...manifests.values()],
    blobs: [...blobs.values()],
    async readBlob(blob, from) {
      if (!existsSync(blobPath(folder, blob.digest))) await complete(blob.digest);
      return readBlob(folder, blob, from);
    },
  };
}

/** The one way to a blob's bytes, asked only for a blob that the registry lacks. @throws ImageError where the layout lacks it, too */
function readBlob(folder: string, { digest, size }: Descriptor, from: number) {
  const path = blobPath(folder, digest);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.size !== size)
    throw new ImageError(
      `${folder}: blob ${digest} is ${found ? 'incomplete' : 'missing'}: the layout is corrupted. ${again}`,
    );
  return createReadStream(path, { start: from, highWaterMark: 1 << 20 });
}
