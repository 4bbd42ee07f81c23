import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Described {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/**
 * A layout with an index of two platforms beside the one that it is made of: the second platform's configuration says arm64, its layers are the same.
 * @param from folder of a layout with one platform
 */
export function makeIndexLayout(
  from: string,
  folder: string,
): { readonly index: string; readonly manifests: readonly string[] } {
  cpSync(from, folder, { recursive: true });
  const blob = (digest: string) => join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length));
  const read = <T>(file: string) => JSON.parse(readFileSync(file, 'utf8')) as T;
  const put = (mediaType: string, content: unknown): Described => {
    const bytes = Buffer.from(JSON.stringify(content));
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    writeFileSync(blob(digest), bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const [amd64] = read<{ manifests: [Described] }>(join(folder, 'index.json')).manifests;
  const manifest = read<{ config: Described }>(blob(amd64.digest));
  const config = read<object>(blob(manifest.config.digest));
  const arm64 = put(amd64.mediaType, {
    ...manifest,
    config: put(manifest.config.mediaType, { ...config, architecture: 'arm64' }),
  });
  const type = 'application/vnd.oci.image.index.v1+json';
  const index = put(type, {
    schemaVersion: 2,
    mediaType: type,
    manifests: [
      { ...amd64, platform: { os: 'linux', architecture: 'amd64' } },
      { ...arm64, platform: { os: 'linux', architecture: 'arm64' } },
    ],
  });
  writeFileSync(
    join(folder, 'index.json'),
    JSON.stringify({ schemaVersion: 2, mediaType: type, manifests: [index] }),
  );
  const record = join(folder, 'image.json');
  writeFileSync(
    record,
    JSON.stringify({
      ...read<object>(record),
      digest: index.digest,
      platforms: ['linux/amd64', 'linux/arm64'],
    }),
  );
  return { index: index.digest, manifests: [amd64.digest, arm64.digest] };
}
