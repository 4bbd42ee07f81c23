import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import type { Transform } from 'node:stream';
import { blobPath, type Descriptor } from './descriptor';
import { ImageError } from './image-error';

/** Bytes that are read at a time: large enough that the cost per chunk does not count, small enough to stay in cache. */
const chunkSize = 256 * 1024;

/**
 * Streams a layer's unpacked archive to `consume`, chunk by chunk, in constant memory. Where `consume` returns a promise, reading waits for it.
 * @returns the number of unpacked bytes
 * @throws ImageError where the blob has another digest, is truncated, not what its media type says, or grows past `limit` bytes
 */
export async function readLayer(
  folder: string,
  layer: Descriptor,
  consume: (chunk: Buffer) => void | Promise<unknown>,
  limit = 64 * 1024 ** 3,
): Promise<number> {
  const unpack = decompressor(folder, layer);
  const source = createReadStream(blobPath(folder, layer.digest), { highWaterMark: chunkSize });
  const stream = unpack ? source.pipe(unpack) : source;
  const hash = createHash('sha256');
  source.on('error', (error) => stream.destroy(error));
  if (unpack) source.on('data', (chunk) => hash.update(chunk));
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    if (!unpack) hash.update(chunk);
    bytes += chunk.length;
    if (bytes > limit) {
      stream.destroy(
        new ImageError(`${folder}: layer ${layer.digest} unpacks to more than ${limit} bytes: refused.`),
      );
      return;
    }
    try {
      const wait = consume(chunk);
      if (wait) {
        stream.pause();
        wait.then(
          () => stream.resume(),
          (error: Error) => stream.destroy(error),
        );
      }
    } catch (error) {
      stream.destroy(error as Error);
    }
  });
  try {
    await finished(stream);
  } catch (error) {
    source.destroy();
    if (error instanceof ImageError) throw error;
    throw new ImageError(
      `${folder}: layer ${layer.digest} cannot be unpacked (${(error as Error).message}): the layout is corrupted. Delete the folder and run docker-build again.`,
    );
  }
  if (`sha256:${hash.digest('hex')}` !== layer.digest)
    throw new ImageError(
      `${folder}: layer ${layer.digest} has another digest: the layout is corrupted. Delete the folder and run docker-build again.`,
    );
  return bytes;
}

function decompressor(folder: string, { mediaType, digest }: Descriptor): Transform | null {
  if (/(\+|\.)gzip$/.test(mediaType)) return zlib.createGunzip({ chunkSize });
  if (/(\+|\.)zstd$/.test(mediaType)) {
    const create = (zlib as { createZstdDecompress?: (options: { chunkSize: number }) => Transform })
      .createZstdDecompress;
    if (create) return create({ chunkSize });
    throw new ImageError(
      `${folder}: layer ${digest} is compressed with zstd, which Node.js ${process.versions.node} cannot read. Use Node.js 22.15 or later.`,
    );
  }
  if (/(\.tar|diff\.tar)$/.test(mediaType)) return null;
  throw new ImageError(`${folder}: layer ${digest} has the unknown media type ${mediaType}.`);
}
