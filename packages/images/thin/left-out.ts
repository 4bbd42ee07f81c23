import type { Layout, LayoutImage } from '../layout';

/** A layer of the base image that a thin layout names and does not hold. */
export interface LeftOutBlob {
  readonly digest: string;
  /** Bytes of the blob. */
  readonly size: number;
  readonly mediaType: string;
  /** Digest of the unpacked archive: an engine may keep the layer in that form only. */
  readonly diffId: string;
}

/** What a thin layout does not hold, and whose it is. */
export interface LeftOut {
  /** `name@sha256:…`: the base image that has the layers. */
  readonly base: string;
  /** Of all platforms, each once. */
  readonly blobs: readonly LeftOutBlob[];
}

/**
 * The layers of a layout that are its base image's: those of each platform whose lowest layers are exactly the base's, as the base itself says.
 * @param bases layers (digests of the unpacked archives) of the base image, one list per platform that is known
 */
export function baseBlobs(layout: Layout, bases: readonly (readonly string[])[]): readonly LeftOutBlob[] {
  const found = new Map<string, LeftOutBlob>();
  for (const image of layout.images) {
    const base = bases.find((diffIds) => isBelow(diffIds, image));
    for (const [at, diffId] of (base ?? []).entries()) {
      const { digest, size, mediaType } = image.manifest.layers[at]!;
      found.set(digest, { digest, size, mediaType, diffId });
    }
  }
  return [...found.values()];
}

function isBelow(diffIds: readonly string[], { config }: LayoutImage): boolean {
  const own = config.rootfs.diff_ids;
  return diffIds.length <= own.length && diffIds.every((diffId, at) => diffId === own[at]);
}
