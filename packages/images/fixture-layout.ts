import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { mediaTypes, type HistoryEntry } from './descriptor';
import { sha256 } from './layout';
import { padding } from './tar-header';

/** One entry of a layer that a spec makes up. */
export interface FixtureEntry {
  readonly path: string;
  readonly content?: string | Buffer;
  /** Tar type flag. Default: `5` for a path that ends in a slash, else `0`. */
  readonly type?: string;
  readonly mode?: number;
  readonly mtime?: number;
  readonly link?: string;
  /** Records of an extended header before the entry. */
  readonly pax?: Readonly<Record<string, string | Buffer>>;
}

/** A tar archive of these entries with its two closing blocks, as a registry's layers are before compression. */
export function tarOf(entries: readonly FixtureEntry[]): Buffer {
  const parts: Buffer[] = [];
  for (const entry of entries) {
    const body = Buffer.from(entry.content ?? '');
    const records = Object.entries({
      ...(Buffer.byteLength(entry.path) > 100 ? { path: entry.path } : {}),
      ...entry.pax,
    }).map(([key, value]) => paxRecord(key, value));
    if (records.length > 0) {
      const header = Buffer.concat(records);
      parts.push(
        headerOf({ path: 'pax', type: 'x', mtime: entry.mtime }, header.length),
        header,
        Buffer.alloc(padding(header.length)),
      );
    }
    parts.push(headerOf(entry, body.length), body, Buffer.alloc(padding(body.length)));
  }
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

/** A layout folder with one image of these layers, compressed otherwise than we do it. */
export function buildLayout(
  folder: string,
  layers: readonly (readonly FixtureEntry[])[],
  options: { readonly config?: object; readonly history?: readonly HistoryEntry[] } = {},
): { readonly digest: string; readonly configDigest: string } {
  mkdirSync(join(folder, 'blobs', 'sha256'), { recursive: true });
  const put = (mediaType: string, bytes: Buffer) => {
    const digest = sha256(bytes);
    writeFileSync(join(folder, 'blobs', 'sha256', digest.slice(7)), bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const archives = layers.map(tarOf);
  const config = put(
    mediaTypes.config,
    Buffer.from(
      JSON.stringify({
        created: '2026-01-02T03:04:05Z',
        architecture: 'amd64',
        os: 'linux',
        config: options.config ?? {},
        rootfs: { type: 'layers', diff_ids: archives.map(sha256) },
        history:
          options.history ??
          archives.map((_, at) => ({
            created: '2026-01-02T03:04:05Z',
            created_by: `COPY layer-${at + 1} / # buildkit`,
          })),
      }),
    ),
  );
  const manifest = put(
    mediaTypes.manifest,
    Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: mediaTypes.manifest,
        config,
        layers: archives.map((archive) => put(mediaTypes.gzipLayer, gzipSync(archive, { level: 1 }))),
      }),
    ),
  );
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(
    join(folder, 'index.json'),
    JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: [manifest] }),
  );
  return { digest: manifest.digest, configDigest: config.digest };
}

/** A header block with a right checksum. */
export function headerOf(entry: FixtureEntry, size: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(entry.path.slice(0, 100), 0, 100, 'utf8');
  block.write(
    `${(entry.mode ?? 0o644).toString(8).padStart(7, '0')}\0${'0'.repeat(7)}\0${'0'.repeat(7)}\0`,
    100,
    'latin1',
  );
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  block.write(`${(entry.mtime ?? 0).toString(8).padStart(11, '0')}\0`, 136, 'latin1');
  block.write('        ', 148, 'latin1');
  block.write(entry.type ?? (entry.path.endsWith('/') ? '5' : '0'), 156, 'latin1');
  block.write(entry.link ?? '', 157, 100, 'utf8');
  block.write('ustar\x0000', 257, 'latin1');
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** A record of an extended header; its length counts its own digits. */
export function paxRecord(key: string, value: string | Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
  let length = rest.length + String(rest.length).length;
  if (rest.length + String(length).length !== length) length = rest.length + String(length).length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}
