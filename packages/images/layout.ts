import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { join } from 'node:path';
import {
  blobPath,
  checkDigest,
  isIndex,
  type Descriptor,
  type ImageConfig,
  type Index,
  type Manifest,
} from './descriptor';
import { ImageError } from './image-error';

/** One platform's image inside a layout. */
export interface LayoutImage {
  readonly descriptor: Descriptor;
  readonly manifest: Manifest;
  readonly config: ImageConfig;
}

/** An OCI image layout that holds one image: an index of one entry, which is a manifest or an index of platforms. */
export interface Layout {
  readonly folder: string;
  readonly root: Descriptor;
  /** Sorted by platform. */
  readonly images: readonly LayoutImage[];
}

const again = 'Delete the folder and run docker-build again.';

/**
 * Opens a layout and reads its manifests and configurations; layers are checked for presence and size, not read.
 * @param leftOut digests of layers that need not be there: the caller does not read them
 * @throws ImageError naming the file, what is wrong and what to do
 */
export function openLayout(
  folder: string,
  digest?: string,
  leftOut: ReadonlySet<string> = new Set(),
): Layout {
  if (!existsSync(join(folder, 'index.json')))
    throw new ImageError(`${folder}: no image layout here (index.json is missing). Run docker-build first.`);
  const index = parseJson<Index>(folder, 'index.json', readFileSync(join(folder, 'index.json'), 'utf8'));
  const entries = descriptors(folder, 'index.json', index.manifests);
  const root = digest ? entries.find((entry) => entry.digest === digest) : entries[0];
  if (!root || (!digest && entries.length !== 1))
    throw new ImageError(
      `${folder}/index.json: names ${entries.length} images${digest ? `, none of them ${digest}` : ', expected one'}: the layout is corrupted. ${again}`,
    );
  const manifests = isIndex(root.mediaType)
    ? descriptors(folder, `blob ${root.digest}`, readJsonBlob<Index>(folder, root).manifests).filter(
        (entry) => entry.platform?.os !== 'unknown',
      )
    : [root];
  const images = manifests.map((descriptor) => readImage(folder, descriptor, leftOut));
  if (images.length === 0)
    throw new ImageError(`${folder}/index.json: holds no image for any platform. ${again}`);
  images.sort((a, b) => comparePlatforms(platformOf(a.config), platformOf(b.config)));
  return { folder, root, images };
}

function readImage(folder: string, descriptor: Descriptor, leftOut: ReadonlySet<string>): LayoutImage {
  const manifest = readJsonBlob<Manifest>(folder, descriptor);
  descriptors(folder, `blob ${descriptor.digest}`, [manifest.config]);
  descriptors(folder, `blob ${descriptor.digest}`, manifest.layers);
  const config = readJsonBlob<ImageConfig>(folder, manifest.config);
  if (config.rootfs?.diff_ids?.length !== manifest.layers.length)
    throw new ImageError(
      `${folder}: the configuration names ${config.rootfs?.diff_ids?.length ?? 0} layers, the manifest ${manifest.layers.length}: the layout is corrupted. ${again}`,
    );
  for (const layer of manifest.layers) if (!leftOut.has(layer.digest)) checkSize(folder, layer);
  return { descriptor, manifest, config };
}

/** What a file of the layout says it names, checked before anything is followed. */
function descriptors(folder: string, what: string, value: unknown): readonly Descriptor[] {
  const list: unknown[] = Array.isArray(value) ? value : [null];
  for (const entry of list) {
    const { digest, size, mediaType } = (entry ?? {}) as Partial<Descriptor>;
    if (typeof mediaType !== 'string' || !Number.isSafeInteger(size) || (size as number) < 0)
      throw new ImageError(
        `${folder}/${what}: holds a malformed descriptor: the layout is corrupted. ${again}`,
      );
    checkDigest(folder, digest);
  }
  return list as Descriptor[];
}

/** `os/architecture[/variant]` of a configuration. */
export function platformOf(config: Pick<ImageConfig, 'os' | 'architecture' | 'variant'>): string {
  return [config.os, config.architecture, config.variant].filter(Boolean).join('/');
}

function comparePlatforms(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function checkSize(folder: string, { digest, size }: Descriptor): void {
  const path = blobPath(folder, digest);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new ImageError(`${folder}: blob ${digest} is missing: the layout is corrupted. ${again}`);
  if (found.size !== size)
    throw new ImageError(
      `${folder}: blob ${digest} has ${found.size} bytes, its descriptor says ${size}: the layout is corrupted. ${again}`,
    );
}

/** Reads a JSON blob whose digest is checked. Manifests and configurations are small: 4 MiB is the registries' own limit. */
export function readJsonBlob<T>(folder: string, descriptor: Descriptor): T {
  checkSize(folder, descriptor);
  if (descriptor.size > 4 * 1024 * 1024)
    throw new ImageError(
      `${folder}: blob ${descriptor.digest} is ${descriptor.size} bytes, too large for a manifest. ${again}`,
    );
  const bytes = readFileSync(blobPath(folder, descriptor.digest));
  if (sha256(bytes) !== descriptor.digest)
    throw new ImageError(
      `${folder}: blob ${descriptor.digest} has another digest: the layout is corrupted. ${again}`,
    );
  return parseJson<T>(folder, `blob ${descriptor.digest}`, bytes.toString('utf8'));
}

function parseJson<T>(folder: string, what: string, text: string): T {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as T;
  } catch {
    // Falls through to the one message below.
  }
  throw new ImageError(`${folder}/${what}: is not a JSON object: the layout is corrupted. ${again}`);
}

export function sha256(bytes: Buffer | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Hashes every blob that the image reaches, as streams. @throws ImageError at the first that differs */
export async function verifyLayout(layout: Layout): Promise<void> {
  const seen = new Set<string>();
  for (const { manifest } of layout.images) {
    for (const { digest } of manifest.layers) {
      if (seen.has(digest)) continue;
      seen.add(digest);
      await verifyBlob(layout.folder, digest);
    }
  }
}

/** @throws ImageError where the blob's bytes do not have the digest that its name says */
export async function verifyBlob(folder: string, digest: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(blobPath(folder, digest), { highWaterMark: 1 << 20 }), hash);
  if (`sha256:${hash.digest('hex')}` !== digest)
    throw new ImageError(`${folder}: blob ${digest} has another digest: the layout is corrupted. ${again}`);
}

/** Is there a blob in the folder, of whichever image, whose bytes do not have the digest that its name says? */
export async function hasDamagedBlob(folder: string): Promise<boolean> {
  const blobs = join(folder, 'blobs', 'sha256');
  if (!existsSync(blobs)) return false;
  for (const name of readdirSync(blobs)) {
    try {
      await verifyBlob(folder, `sha256:${name}`);
    } catch {
      return true;
    }
  }
  return false;
}

/**
 * Makes index.json name exactly one image, with the same bytes for the same image, and removes what it does not reach, the leavings of
 * builds that were killed included.
 */
export function settleLayout(folder: string, root: Descriptor): void {
  const entry = { mediaType: root.mediaType, digest: checkDigest(folder, root.digest), size: root.size };
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [entry],
  };
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
  const reached = reachedBlobs(openLayout(folder));
  const blobs = join(folder, 'blobs', 'sha256');
  for (const name of readdirSync(blobs)) {
    if (!reached.has(`sha256:${name}`)) rmSync(join(blobs, name), { recursive: true, force: true });
  }
  for (const name of readdirSync(folder)) {
    if (/^(ingest|rewriting-\d+|importing-\d+|completing-\d+-\d+|\.image\.json\.\d+)$/.test(name))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** Digests of all blobs of the image. */
export function reachedBlobs(layout: Layout): ReadonlySet<string> {
  const reached = new Set<string>([layout.root.digest]);
  if (isIndex(layout.root.mediaType)) {
    for (const { digest } of readJsonBlob<Index>(layout.folder, layout.root).manifests) reached.add(digest);
  }
  for (const { descriptor, manifest } of layout.images) {
    reached.add(descriptor.digest).add(manifest.config.digest);
    for (const { digest } of manifest.layers) reached.add(digest);
  }
  return reached;
}
