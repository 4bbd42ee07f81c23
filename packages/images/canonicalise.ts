import { createHash } from 'node:crypto';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import { TimeClamp } from './clamp-times';
import { blobPath, isIndex, mediaTypes, type Descriptor, type ImageConfig, type Index } from './descriptor';
import { readLayer } from './layer-bytes';
import type { LayerFacts, LayerMemo } from './layer-memo';
import {
  openLayout,
  readJsonBlob,
  sha256,
  settleLayout,
  verifyBlob,
  type Layout,
  type LayoutImage,
} from './layout';
import { TarReader } from './tar-reader';

export interface CanonicalOptions {
  /** Seconds since the epoch: no timestamp in the image is newer. */
  readonly sourceDateEpoch: number;
  /** Number of layers that come from the base image. They stay as they are, so that they keep the digests of their registry. */
  readonly baseLayers: number;
  /** Base layers that the blob store lent: their bytes were checked there. */
  readonly lent?: ReadonlySet<string>;
  readonly memo: LayerMemo;
}

interface CanonicalLayer extends Descriptor {
  readonly diffId: string;
}

/**
 * Makes a layout the same for the same input, whenever and wherever it was built: clamps the timestamps in the image's own layers, its
 * configuration and its index, and removes every blob that the image does not reach. A layer whose times are old enough keeps its bytes.
 * (BuildKit's own `rewrite-timestamp` rewrites and compresses every layer again at every build: seconds for one with a runtime in it.)
 * Every blob that stays is verified by its digest.
 * @returns the layout, opened again
 * @throws ImageError
 */
export async function canonicaliseLayout(
  folder: string,
  digest: string,
  options: CanonicalOptions,
): Promise<Layout> {
  const layout = openLayout(folder, digest);
  const roots = new Map<string, Descriptor>();
  for (const image of layout.images)
    roots.set(image.descriptor.digest, await canonicaliseImage(folder, image, options));
  const root = isIndex(layout.root.mediaType)
    ? writeIndex(folder, readJsonBlob<Index>(folder, layout.root), roots)
    : (roots.get(layout.root.digest) ?? layout.root);
  settleLayout(folder, root);
  options.memo.save();
  return openLayout(folder);
}

async function canonicaliseImage(
  folder: string,
  image: LayoutImage,
  options: CanonicalOptions,
): Promise<Descriptor> {
  const { manifest, config } = image;
  const layers: CanonicalLayer[] = [];
  for (const [at, layer] of manifest.layers.entries()) {
    const diffId = config.rootfs.diff_ids[at] ?? '';
    const base = at < options.baseLayers;
    layers.push(
      await canonicaliseLayer(
        folder,
        { ...layer, diffId },
        base ? Infinity : options.sourceDateEpoch,
        options,
      ),
    );
  }
  const newConfig = clampConfig(config, layers, options.sourceDateEpoch);
  const configBlob = writeJson(folder, manifest.config.mediaType, newConfig);
  const blob = writeJson(folder, image.descriptor.mediaType, {
    ...manifest,
    config: configBlob,
    layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
  });
  return { ...blob, platform: image.descriptor.platform };
}

function clampConfig(config: ImageConfig, layers: readonly CanonicalLayer[], epoch: number): ImageConfig {
  const latest = new Date(epoch * 1000).toISOString().replace('.000Z', 'Z');
  const clamp = (time: string | undefined) => (time && Date.parse(time) <= epoch * 1000 ? time : latest);
  return {
    ...config,
    created: clamp(config.created),
    history: config.history?.map((entry) => ({ ...entry, created: clamp(entry.created) })),
    rootfs: { ...config.rootfs, diff_ids: layers.map(({ diffId }) => diffId) },
  };
}

async function canonicaliseLayer(
  folder: string,
  layer: CanonicalLayer,
  epoch: number,
  { memo, lent }: CanonicalOptions,
): Promise<CanonicalLayer> {
  const facts = memo.get(layer.digest) ?? (await scan(folder, layer, memo));
  if (epoch === Infinity || (facts.newest ?? 0) <= epoch) {
    if (epoch !== Infinity || !lent?.has(layer.digest)) await verifyOnce(folder, layer.digest, memo);
    return layer;
  }
  const known = facts.clamped?.[epoch];
  if (known && existsSync(blobPath(folder, known.digest))) {
    await verifyOnce(folder, known.digest, memo);
    return { mediaType: gzipOf(layer), ...known };
  }
  const made = await rewrite(folder, layer, epoch);
  memo.set(layer.digest, { ...facts, clamped: { ...facts.clamped, [epoch]: made } });
  memo.set(made.digest, { uncompressed: made.uncompressed, newest: epoch });
  return { mediaType: gzipOf(layer), ...made };
}

/** Reads a blob unless that very file was read before and nothing wrote to it since. @throws ImageError where it has another digest */
async function verifyOnce(folder: string, digest: string, memo: LayerMemo): Promise<void> {
  const { ino, size, mtimeNs, ctimeNs } = statSync(blobPath(folder, digest), { bigint: true });
  const file = [ino, size, mtimeNs, ctimeNs].join(' ');
  if (memo.isVerified(digest, file)) return;
  await verifyBlob(folder, digest);
  memo.setVerified(digest, file);
}

function gzipOf({ mediaType }: Descriptor): string {
  return mediaType.startsWith('application/vnd.docker.')
    ? 'application/vnd.docker.image.rootfs.diff.tar.gzip'
    : mediaTypes.gzipLayer;
}

/** Reads a layer once: its unpacked size and its newest timestamp. */
async function scan(folder: string, layer: Descriptor, memo: LayerMemo): Promise<LayerFacts> {
  let newest = 0;
  const reader = new TarReader(
    {
      entry: ({ mtime }) => {
        if (mtime > newest) newest = mtime;
      },
    },
    `${folder}: layer ${layer.digest}`,
  );
  const uncompressed = await readLayer(folder, layer, (chunk) => reader.write(chunk));
  reader.finish();
  const facts = { uncompressed, newest };
  memo.set(layer.digest, facts);
  return facts;
}

async function rewrite(folder: string, layer: Descriptor, epoch: number) {
  const temporary = join(folder, `rewriting-${process.pid}`);
  const archive = createHash('sha256');
  const blob = createHash('sha256');
  // A fixed level and no name or time in the header: the same bytes from the same zlib.
  const gzip = createGzip({ level: 6 });
  const file = createWriteStream(temporary);
  let size = 0;
  let uncompressed = 0;
  gzip.on('data', (chunk: Buffer) => {
    blob.update(chunk);
    size += chunk.length;
    if (!file.write(chunk)) {
      gzip.pause();
      file.once('drain', () => gzip.resume());
    }
  });
  try {
    const clamp = new TimeClamp(
      epoch,
      (chunk) => {
        archive.update(chunk);
        uncompressed += chunk.length;
        gzip.write(chunk);
      },
      `${folder}: layer ${layer.digest}`,
    );
    await readLayer(folder, layer, (chunk) => {
      clamp.write(chunk);
      if (gzip.writableNeedDrain) return once(gzip, 'drain');
    });
    clamp.finish();
    gzip.end();
    await once(gzip, 'end');
    file.end();
    await once(file, 'close');
    const digest = `sha256:${blob.digest('hex')}`;
    renameSync(temporary, blobPath(folder, digest));
    return { digest, diffId: `sha256:${archive.digest('hex')}`, size, uncompressed };
  } finally {
    file.destroy();
    rmSync(temporary, { force: true });
  }
}

function writeIndex(folder: string, index: Index, roots: ReadonlyMap<string, Descriptor>): Descriptor {
  const manifests = index.manifests.flatMap((entry) => {
    const root = roots.get(entry.digest);
    return root
      ? [{ mediaType: root.mediaType, digest: root.digest, size: root.size, platform: entry.platform }]
      : [];
  });
  return writeJson(folder, mediaTypes.index, { schemaVersion: 2, mediaType: mediaTypes.index, manifests });
}

function writeJson(folder: string, mediaType: string, value: unknown): Descriptor {
  const bytes = Buffer.from(JSON.stringify(value));
  const digest = sha256(bytes);
  mkdirSync(join(folder, 'blobs', 'sha256'), { recursive: true });
  writeFileSync(blobPath(folder, digest), bytes);
  return { mediaType, digest, size: bytes.length };
}
