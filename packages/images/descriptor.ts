import { join } from 'node:path';
import { ImageError } from './image-error';

/** A content descriptor of the OCI image specification. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
}

export interface Manifest {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Index {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly manifests: readonly Descriptor[];
}

export interface HistoryEntry {
  readonly created?: string;
  readonly created_by?: string;
  readonly comment?: string;
  readonly empty_layer?: boolean;
}

/** The image configuration; only what we read is typed, the rest is carried along. */
export interface ImageConfig {
  readonly created?: string;
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly rootfs: { readonly type: string; readonly diff_ids: readonly string[] };
  readonly history?: readonly HistoryEntry[];
}

export const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  gzipLayer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
} as const;

export function isIndex(mediaType: string | undefined): boolean {
  return mediaType === mediaTypes.index || mediaType === mediaTypes.dockerIndex;
}

const digestPattern = /^sha256:[0-9a-f]{64}$/;

/** Refuses anything but a sha256 digest, before it becomes a path. */
export function checkDigest(folder: string, digest: unknown): string {
  if (typeof digest === 'string' && digestPattern.test(digest)) return digest;
  throw new ImageError(
    `${folder}: ${JSON.stringify(digest)} is not a sha256 digest: the layout is corrupted. Delete the folder and run docker-build again.`,
  );
}

/** Path of a blob inside a layout. @throws ImageError where the digest is no sha256 digest. */
export function blobPath(folder: string, digest: string): string {
  return join(folder, 'blobs', 'sha256', checkDigest(folder, digest).slice('sha256:'.length));
}
