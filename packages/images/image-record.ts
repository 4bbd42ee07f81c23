import type { LeftOut } from './thin/left-out';

/**
 * `dist/images/<project>/image.json`: what `docker-build` made, beside the OCI layout that holds it.
 * It is written last: a folder without it holds no finished image.
 */
export interface ImageRecord {
  readonly schemaVersion: 1;
  /** Nx project that was built. */
  readonly project: string;
  /** Digest of the manifest (or of the index where there are several platforms), `sha256:…`. */
  readonly digest: string;
  /** Digest of the configuration of the first platform, `sha256:…`: the image id of Docker's classic store. */
  readonly configDigest: string;
  /** `os/architecture[/variant]`, sorted. */
  readonly platforms: readonly string[];
  /** Full references that a load or push gives it, e.g. `acme/api:dev`. */
  readonly tags: readonly string[];
  /** Base image of the final stage as the Dockerfile names it, or `scratch`; digest where it is known. */
  readonly base: { readonly name: string; readonly digest: string | null };
  readonly sizes: {
    /** Bytes of the layer blobs, those that the layout leaves out included. */
    readonly compressed: number;
    /** Bytes of the unpacked layer archives. */
    readonly uncompressed: number;
  };
  /** Whether the layout holds every layer, or leaves those of the base image to whoever has the base. */
  readonly layout: 'thin' | 'full';
  /** What a thin layout does not hold. */
  readonly leftOut?: LeftOut;
  /** Base layer first. */
  readonly layers: readonly ImageLayer[];
}

export interface ImageLayer {
  readonly digest: string;
  readonly diffId: string;
  readonly mediaType: string;
  readonly compressed: number;
  readonly uncompressed: number;
  /** `created_by` of the history entry that made the layer. */
  readonly createdBy: string;
}
