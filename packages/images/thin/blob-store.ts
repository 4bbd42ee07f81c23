import { createHash } from 'node:crypto';
import {
  constants,
  copyFileSync,
  createWriteStream,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { blobPath, type Descriptor } from '../descriptor';
import { ImageError } from '../image-error';
import type { LayerMemo } from '../layer-memo';
import { verifyBlob } from '../layout';

type Blob = Pick<Descriptor, 'digest' | 'size'>;

export interface BlobStoreLimits {
  /** Bytes; past it, what was not used for longest goes. */
  readonly bytes: number;
  /** Milliseconds after which a half-written file is one of a process that was killed. */
  readonly staleMs: number;
}

const defaultLimits: BlobStoreLimits = { bytes: 10e9, staleMs: 24 * 3_600_000 };

let counter = 0;

/**
 * Layers of base images by their digest, once for all images of a workspace. Files come in whole (written beside, then renamed), so that several
 * processes may use it at once; whoever takes one out checks its bytes, and a damaged one is removed. Losing the store costs time, nothing else.
 */
export class BlobStore {
  constructor(
    readonly folder: string,
    private readonly limits: BlobStoreLimits = defaultLimits,
  ) {}

  /**
   * Links a blob into a layout's folder for a while, so that BuildKit does not send it again. A file that did not change since it was found to have
   * its digest is not read again.
   * @returns whether the folder now has it
   */
  async lend(folder: string, blob: Blob, memo: LayerMemo): Promise<boolean> {
    const path = blobPath(this.folder, blob.digest);
    if (!(await this.isWhole(blob, memo))) return false;
    try {
      mkdirSync(join(folder, 'blobs', 'sha256'), { recursive: true });
      linkSync(path, blobPath(folder, blob.digest));
      return true;
    } catch {
      // Another disk, or one without links: the layer is sent.
      return false;
    }
  }

  /** Moves a verified blob out of a layout's folder into the store. */
  async takeFrom(folder: string, blob: Blob, memo: LayerMemo): Promise<void> {
    const from = blobPath(folder, blob.digest);
    if (!(await this.isWhole(blob, memo))) {
      const temporary = this.temporary();
      try {
        linkSync(from, temporary);
      } catch {
        copyFileSync(from, temporary, constants.COPYFILE_FICLONE);
      }
      this.keep(temporary, blob.digest);
      memo.setVerified(blob.digest, stamp(blobPath(this.folder, blob.digest)));
      this.prune();
    }
    rmSync(from);
  }

  /** Copies a blob into a layout's folder. @returns whether the store had it; never with other bytes than its digest says */
  async copyInto(folder: string, blob: Blob): Promise<boolean> {
    const path = blobPath(this.folder, blob.digest);
    const staging = join(folder, `completing-${process.pid}-${(counter += 1)}`);
    const copy = blobPath(staging, blob.digest);
    try {
      if (sizeOf(path) !== blob.size) throw new ImageError(`${path}: is missing or incomplete.`);
      mkdirSync(dirname(copy), { recursive: true });
      // Not a link: whatever happens to the layout's file must not happen to the store's.
      copyFileSync(path, copy, constants.COPYFILE_FICLONE);
      await verifyBlob(staging, blob.digest);
      mkdirSync(join(folder, 'blobs', 'sha256'), { recursive: true });
      renameSync(copy, blobPath(folder, blob.digest));
      return true;
    } catch (error) {
      if (!(error instanceof ImageError) && !isMissing(error)) throw error;
      rmSync(path, { force: true });
      return false;
    } finally {
      rmSync(staging, { recursive: true, force: true });
    }
  }

  /** Takes a blob in as a stream. @throws ImageError where its bytes are not those of the digest; nothing stays then */
  async write(blob: Blob, content: Readable): Promise<void> {
    const temporary = this.temporary();
    const hash = createHash('sha256');
    try {
      await pipeline(
        content,
        async function* (chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            hash.update(chunk);
            yield chunk;
          }
        },
        createWriteStream(temporary),
      );
      const digest = `sha256:${hash.digest('hex')}`;
      if (digest !== blob.digest) throw new ImageError(`has ${digest} for ${blob.digest}`);
      this.keep(temporary, blob.digest);
    } finally {
      rmSync(temporary, { force: true });
    }
    this.prune();
  }

  /** Takes in a file whose digest the caller has computed; it is gone from its place. */
  adopt(file: string, digest: string): void {
    const temporary = this.temporary();
    try {
      renameSync(file, temporary);
    } catch {
      copyFileSync(file, temporary);
      rmSync(file);
    }
    this.keep(temporary, digest);
    this.prune();
  }

  /** A folder for what is on its way into the store, on the same disk. */
  staging(): string {
    const folder = this.temporary();
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  private async isWhole({ digest, size }: Blob, memo: LayerMemo): Promise<boolean> {
    const path = blobPath(this.folder, digest);
    if (sizeOf(path) !== size) return false;
    if (memo.isVerified(digest, stamp(path))) return true;
    try {
      await verifyBlob(this.folder, digest);
      memo.setVerified(digest, stamp(path));
      return true;
    } catch (error) {
      if (!(error instanceof ImageError) && !isMissing(error)) throw error;
      rmSync(path, { force: true });
      return false;
    }
  }

  private temporary(): string {
    const incoming = join(this.folder, 'incoming');
    mkdirSync(incoming, { recursive: true });
    return join(incoming, `${process.pid}-${(counter += 1)}`);
  }

  private keep(temporary: string, digest: string): void {
    const path = blobPath(this.folder, digest);
    mkdirSync(dirname(path), { recursive: true });
    renameSync(temporary, path);
  }

  /** Another process may do the same at the same time: what is gone is gone. */
  private prune(): void {
    for (const { path, changed } of entries(join(this.folder, 'incoming')))
      if (changed < Date.now() - this.limits.staleMs) rmSync(path, { recursive: true, force: true });
    // A file's last change is its last use: linking it into a layout moves the time.
    const kept = entries(join(this.folder, 'blobs', 'sha256')).sort((a, b) => b.changed - a.changed);
    let bytes = 0;
    for (const { path, size } of kept) {
      bytes += size;
      if (bytes > this.limits.bytes) rmSync(path, { force: true });
    }
  }
}

/** The time of change is left out: a link to the file moves it, and writing into the file moves the other one, too. */
function stamp(path: string): string {
  const { ino, size, mtimeNs } = statSync(path, { bigint: true });
  return ['store', ino, size, mtimeNs].join(' ');
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

function entries(folder: string) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const found = statSync(path, { throwIfNoEntry: false });
    return found ? [{ path, size: found.size, changed: found.ctimeMs }] : [];
  });
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
