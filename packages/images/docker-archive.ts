import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ImageError } from './image-error';
import { TarReader } from './tar-reader';

/**
 * Unpacks what `docker save` of Docker 25 or later writes (an OCI layout in a tar) into a layout folder, as a stream.
 * @returns the digest of the image's manifest or index
 * @throws ImageError where the archive is no OCI layout
 */
export async function importDockerArchive(stream: NodeJS.ReadableStream, folder: string): Promise<string> {
  mkdirSync(join(folder, 'blobs', 'sha256'), { recursive: true });
  const where = `${folder}: the archive of docker save`;
  let file: number | null = null;
  const reader = new TarReader(
    {
      entry({ name, type }) {
        // Nothing else of the archive becomes a path.
        if (type !== '0' || !/^(index\.json|blobs\/sha256\/[0-9a-f]{64})$/.test(name)) return false;
        file = openSync(join(folder, name), 'w');
        return true;
      },
      body: (chunk) => void writeSync(file!, chunk),
      end() {
        if (file !== null) closeSync(file);
        file = null;
      },
    },
    where,
  );
  try {
    for await (const chunk of stream) reader.write(chunk as Buffer);
    reader.finish();
  } finally {
    if (file !== null) closeSync(file);
  }
  const { manifests } = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as {
    manifests?: { digest: string }[];
  };
  const [entry] = manifests ?? [];
  if (!entry) throw new ImageError(`${where}: names no image. Use Docker Engine 25 or later.`);
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  return entry.digest;
}
