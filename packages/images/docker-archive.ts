import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { blobPath, mediaTypes, type Descriptor, type ImageConfig } from './descriptor';
import { ImageError } from './image-error';
import { readLayer } from './layer-bytes';
import type { LayerMemo } from './layer-memo';
import { sha256 } from './layout';
import { SavedFiles, type SavedFile } from './saved-files';
import { TarReader } from './tar-reader';

const where = 'docker save';

type AmendConfig = (config: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/**
 * Turns what `docker save` writes (an OCI layout since Docker 25, the older form, podman's docker-archive) into a layout. Layers that are plain
 * archives are compressed, each once only, since the memo knows the result by the digest of the archive. Constant memory; the caller canonicalises.
 * @param amendConfig changes the image's configuration, but not its layers
 * @returns digest of the manifest, which index.json names
 * @throws ImageError where the archive is truncated or damaged, or holds more than one image
 */
export async function importDockerArchive(
  archive: NodeJS.ReadableStream,
  folder: string,
  memo: LayerMemo,
  amendConfig?: AmendConfig,
): Promise<string> {
  const staging = join(folder, `importing-${process.pid}`);
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  mkdirSync(join(folder, 'blobs', 'sha256'), { recursive: true });
  const files = new SavedFiles(staging, (digest) => knownBlob(folder, digest, memo) !== null);
  try {
    const reader = new TarReader(files, where);
    for await (const chunk of archive) reader.write(chunk as Buffer);
    reader.finish();
    return await writeImage(folder, files, memo, amendConfig);
  } finally {
    files.close();
    rmSync(staging, { recursive: true, force: true });
  }
}

async function writeImage(
  folder: string,
  files: SavedFiles,
  memo: LayerMemo,
  amendConfig?: AmendConfig,
): Promise<string> {
  const manifests = parse<{ Config?: string; Layers?: string[] }[]>(
    files.read('manifest.json'),
    'manifest.json',
  );
  const saved = Array.isArray(manifests) && manifests.length === 1 ? manifests[0] : undefined;
  if (typeof saved?.Config !== 'string' || !Array.isArray(saved.Layers))
    throw new ImageError(`${where}: manifest.json does not name one image. Run docker-build again.`);
  const configBytes = files.read(saved.Config);
  const config = parse<ImageConfig>(configBytes, 'the configuration');
  const diffIds = config.rootfs?.diff_ids ?? [];
  if (diffIds.length !== saved.Layers.length)
    throw new ImageError(
      `${where}: the configuration names ${diffIds.length} layers, manifest.json ${saved.Layers.length}. Run docker-build again.`,
    );
  const layers: Descriptor[] = [];
  for (const [at, name] of saved.Layers.entries()) {
    const file = files.find(name);
    const layer = file.gzip
      ? adopt(folder, file)
      : (knownBlob(folder, file.digest, memo) ?? (await compress(folder, file, memo)));
    const diffId = file.gzip ? await unpackedDigest(folder, layer) : file.digest;
    if (diffId !== diffIds[at])
      throw new ImageError(
        `${where}: layer ${name} unpacks to ${diffId}, the configuration says ${diffIds[at]}: the archive is corrupted. Run docker-build again.`,
      );
    layers.push(layer);
  }
  const manifest = put(folder, mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: amendConfig
      ? put(folder, mediaTypes.config, amendConfig({ ...config }))
      : putBytes(folder, mediaTypes.config, configBytes),
    layers,
  });
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(
    join(folder, 'index.json'),
    JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: [manifest] }),
  );
  memo.save();
  return manifest.digest;
}

/** The compressed form of an archive that an earlier build left in the layout. Its bytes are verified when the layout is canonicalised. */
function knownBlob(folder: string, diffId: string, memo: LayerMemo): Descriptor | null {
  const blob = memo.get(diffId)?.compressed;
  return blob && existsSync(blobPath(folder, blob.digest))
    ? { mediaType: mediaTypes.gzipLayer, digest: blob.digest, size: blob.size }
    : null;
}

async function compress(folder: string, file: SavedFile, memo: LayerMemo): Promise<Descriptor> {
  const { path, digest, size } = await gzipFile(file.path ?? '');
  renameSync(path, blobPath(folder, digest));
  memo.set(file.digest, { uncompressed: file.size, compressed: { digest, size } });
  return { mediaType: mediaTypes.gzipLayer, digest, size };
}

/** Compresses a plain layer beside itself. The same bytes from the same zlib. */
export async function gzipFile(
  source: string,
): Promise<{ readonly path: string; readonly digest: string; readonly size: number }> {
  const path = `${source}.gz`;
  const hash = createHash('sha256');
  let size = 0;
  await pipeline(
    createReadStream(source, { highWaterMark: 1 << 20 }),
    // No name and no time in the header, a fixed level: the same bytes from the same zlib.
    createGzip({ level: 6, chunkSize: 1 << 18 }),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(path),
  );
  return { path, digest: `sha256:${hash.digest('hex')}`, size };
}

/** A layer that is compressed already becomes a blob as it is. */
function adopt(folder: string, { path, digest, size }: SavedFile): Descriptor {
  const blob = blobPath(folder, digest);
  if (path !== null && existsSync(path)) renameSync(path, blob);
  return { mediaType: mediaTypes.gzipLayer, digest, size };
}

async function unpackedDigest(folder: string, layer: Descriptor): Promise<string> {
  const hash = createHash('sha256');
  await readLayer(folder, layer, (chunk) => void hash.update(chunk));
  return `sha256:${hash.digest('hex')}`;
}

function parse<T>(bytes: Buffer, what: string): T {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as T;
  } catch {
    // Falls through to the one message below.
  }
  throw new ImageError(`${where}: ${what} is not JSON. Run docker-build again.`);
}

function put(folder: string, mediaType: string, value: unknown): Descriptor {
  return putBytes(folder, mediaType, Buffer.from(JSON.stringify(value)));
}

function putBytes(folder: string, mediaType: string, bytes: Buffer): Descriptor {
  const digest = sha256(bytes);
  writeFileSync(blobPath(folder, digest), bytes);
  return { mediaType, digest, size: bytes.length };
}
