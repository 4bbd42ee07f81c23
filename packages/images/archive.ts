import { createReadStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { canonicalReference } from '../service/image-reference';
import { blobPath } from './descriptor';
import { reachedBlobs, type Layout } from './layout';
import { padding } from './tar-header';

/**
 * Streams a layout as an archive that every engine loads: an OCI layout (Docker with the containerd store) that is at the same time a
 * `docker save` archive with its manifest.json (Docker's classic store, podman). Constant memory; the same bytes for the same layout and tags.
 * @param format `docker` leaves the OCI layout out
 */
export function archiveOf(
  layout: Layout,
  tags: readonly string[],
  format: 'both' | 'docker' = 'both',
): Readable {
  return Readable.from(chunks(layout, tags, format), { objectMode: false });
}

async function* chunks(
  layout: Layout,
  tags: readonly string[],
  format: 'both' | 'docker',
): AsyncGenerator<Buffer> {
  if (format === 'both') {
    yield* entry('oci-layout', Buffer.from('{"imageLayoutVersion":"1.0.0"}'));
    yield* entry('index.json', Buffer.from(JSON.stringify(index(layout, tags))));
  }
  yield* entry('manifest.json', Buffer.from(JSON.stringify(dockerManifest(layout, tags))));
  for (const digest of [...reachedBlobs(layout)].sort()) {
    const path = blobPath(layout.folder, digest);
    const { size } = statSync(path);
    yield header(`blobs/sha256/${digest.slice('sha256:'.length)}`, size);
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) yield chunk as Buffer;
    yield Buffer.alloc(padding(size));
  }
  yield Buffer.alloc(1024);
}

/** One descriptor per tag: containerd names an image by the annotation of its descriptor. */
function index({ root }: Layout, tags: readonly string[]) {
  const named = tags.map((tag) => ({
    ...root,
    annotations: {
      'io.containerd.image.name': canonicalReference(tag),
      'org.opencontainers.image.ref.name': tagOf(tag),
    },
  }));
  return {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: named.length > 0 ? named : [root],
  };
}

/** The classic store knows one platform per archive: the first. */
function dockerManifest({ images }: Layout, tags: readonly string[]) {
  const path = (digest: string) => `blobs/sha256/${digest.slice('sha256:'.length)}`;
  return images.slice(0, 1).map(({ manifest }) => ({
    Config: path(manifest.config.digest),
    RepoTags: tags,
    Layers: manifest.layers.map(({ digest }) => path(digest)),
  }));
}

function tagOf(reference: string): string {
  const colon = reference.lastIndexOf(':');
  return colon > reference.lastIndexOf('/') ? reference.slice(colon + 1) : 'latest';
}

function* entry(name: string, content: Buffer): Generator<Buffer> {
  yield header(name, content.length);
  yield content;
  yield Buffer.alloc(padding(content.length));
}

/** A ustar header; sizes past 8 GiB in base-256, as GNU tar and Go write them. */
function header(name: string, size: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100, 'utf8');
  block.write('0000644\0' + '0000000\0' + '0000000\0', 100, 'latin1');
  if (size < 8 ** 11) block.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  else {
    block.writeBigUInt64BE(BigInt(size), 128);
    block[124] = 0x80;
  }
  block.write('00000000000\0', 136, 'latin1');
  block.write('        ', 148, 'latin1');
  block.write('0', 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
