import { createHash, type Hash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { blobPath, mediaTypes, type Descriptor, type ImageConfig } from './descriptor';
import { ImageError } from './image-error';
import { readLayer } from './layer-bytes';
import type { LayerMemo } from './layer-memo';
import { sha256 } from './layout';
import { TarReader, type TarEntry } from './tar-reader';

const where = 'docker save';

type AmendConfig = (config: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** One file of the archive, on disk under a name of ours. `path` is null where its compressed form is in the layout already. */
interface SavedFile {
  readonly path: string | null;
  readonly digest: string;
  readonly size: number;
  /** Whether it starts as gzip does: Docker's containerd store saves layers as they came from the registry. */
  readonly gzip: boolean;
}

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
  const source = file.path ?? '';
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
    createWriteStream(`${source}.gz`),
  );
  const digest = `sha256:${hash.digest('hex')}`;
  renameSync(`${source}.gz`, blobPath(folder, digest));
  memo.set(file.digest, { uncompressed: file.size, compressed: { digest, size } });
  return { mediaType: mediaTypes.gzipLayer, digest, size };
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

/** Receives the entries of the archive and keeps them as numbered files: names from the archive never become paths. */
class SavedFiles {
  private readonly files = new Map<string, SavedFile>();
  private readonly links = new Map<string, string>();
  private open: {
    name: string;
    path: string | null;
    fd: number | null;
    hash: Hash;
    size: number;
    start: Buffer;
  } | null = null;

  constructor(
    private readonly folder: string,
    private readonly known: (digest: string) => boolean,
  ) {}

  entry({ name, type, linkName, size }: TarEntry): boolean {
    const plain = posix.normalize(name);
    // The older form has a link where two layers are the same.
    if (type === '2') this.links.set(plain, posix.join(posix.dirname(plain), linkName));
    if (type === '1') this.links.set(plain, posix.normalize(linkName));
    if (type !== '0' && type !== '7') return false;
    const hex = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(plain)?.[1];
    const kept = hex !== undefined && this.known(`sha256:${hex}`);
    const path = kept ? null : join(this.folder, String(this.files.size));
    const fd = path === null ? null : openSync(path, 'w');
    this.open = { name: plain, path, fd, hash: createHash('sha256'), size, start: Buffer.alloc(0) };
    return true;
  }

  body(chunk: Buffer): void {
    if (!this.open) return;
    this.open.hash.update(chunk);
    if (this.open.start.length < 2) this.open.start = Buffer.concat([this.open.start, chunk.subarray(0, 2)]);
    for (let at = 0; this.open.fd !== null && at < chunk.length;) at += writeSync(this.open.fd, chunk, at);
  }

  end(): void {
    if (!this.open) return;
    const { name, path, size, hash, start } = this.open;
    this.close();
    const gzip = start[0] === 0x1f && start[1] === 0x8b;
    this.files.set(name, { path, digest: `sha256:${hash.digest('hex')}`, size, gzip });
  }

  close(): void {
    if (this.open?.fd != null) closeSync(this.open.fd);
    this.open = null;
  }

  find(name: string): SavedFile {
    const plain = posix.normalize(name);
    const file = this.files.get(plain) ?? this.files.get(this.links.get(plain) ?? '');
    if (file) return file;
    throw new ImageError(`${where}: ${name} is missing: the archive is not whole. Run docker-build again.`);
  }

  /** A small file's bytes: 4 MiB is the registries' own limit for manifests and configurations. */
  read(name: string): Buffer {
    const { path, size } = this.find(name);
    if (path === null || size > 4 * 1024 * 1024)
      throw new ImageError(`${where}: ${name} is ${size} bytes, too large for JSON. Run docker-build again.`);
    return readFileSync(path);
  }
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
