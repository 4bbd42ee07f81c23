import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ImageError } from './image-error';
import type { TarEntry } from './tar-reader';

const where = 'docker save';

/** One file of the archive, on disk under a name of ours. `path` is null where its compressed form is in the layout already. */
export interface SavedFile {
  readonly path: string | null;
  readonly digest: string;
  readonly size: number;
  /** Whether it starts as gzip does: Docker's containerd store saves layers as they came from the registry. */
  readonly gzip: boolean;
}

/** Receives the entries of the archive and keeps them as numbered files: names from the archive never become paths. */
export class SavedFiles {
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

  /** All files that are on disk. */
  all(): readonly (SavedFile & { readonly path: string })[] {
    return [...this.files.values()].flatMap(({ path, ...file }) =>
      path === null ? [] : [{ ...file, path }],
    );
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
