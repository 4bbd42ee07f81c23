import { ImageError } from './image-error';
import { blockSize, padding, parseHeader, setMtime, setSize } from './tar-header';
import { parsePax } from './tar-reader';

const longestExtension = 1024 * 1024;

/**
 * Clamps every timestamp of a tar archive to `epoch` (seconds) while it streams through: `write` chunks in, `emit` gets the new bytes.
 * Everything else stays as it is, byte for byte. Constant memory.
 */
export class TimeClamp {
  private pending = Buffer.alloc(0);
  private rest = 0;
  private extension: { header: Buffer; size: number } | null = null;
  private extensionBody: Buffer[] = [];
  private ended = false;

  constructor(
    private readonly epoch: number,
    private readonly emit: (chunk: Buffer) => void,
    private readonly where: string,
  ) {}

  write(chunk: Buffer): void {
    let data = this.pending.length > 0 ? Buffer.concat([this.pending, chunk]) : chunk;
    this.pending = Buffer.alloc(0);
    while (data.length > 0) {
      if (this.ended) return this.emit(Buffer.from(data));
      if (this.rest > 0) {
        const part = data.subarray(0, this.rest);
        this.rest -= part.length;
        data = data.subarray(part.length);
        if (this.extension) this.extensionBody.push(Buffer.from(part));
        else this.emit(Buffer.from(part));
        if (this.rest === 0 && this.extension) this.closeExtension();
        continue;
      }
      if (data.length < blockSize) {
        this.pending = Buffer.from(data);
        return;
      }
      this.header(Buffer.from(data.subarray(0, blockSize)));
      data = data.subarray(blockSize);
    }
  }

  finish(): void {
    if (this.rest > 0 || this.pending.length > 0)
      throw new ImageError(
        `${this.where}: the archive ends in the middle of an entry: it is truncated. Build the image again.`,
      );
  }

  private header(block: Buffer): void {
    const header = parseHeader(block, this.where);
    if (!header) {
      this.ended = true;
      return this.emit(block);
    }
    if (header.type === 'x') {
      if (header.size > longestExtension)
        throw new ImageError(
          `${this.where}: an extended header has ${header.size} bytes: refused. Build the image again.`,
        );
      this.extension = { header: block, size: header.size };
      this.rest = header.size + padding(header.size);
      return;
    }
    if (header.mtime > this.epoch) setMtime(block, this.epoch);
    this.emit(block);
    const body = '123456'.includes(header.type) ? 0 : header.size;
    this.rest = body + padding(body);
  }

  /** Times in an extended header are dropped: the header block that follows carries the clamped one. */
  private closeExtension(): void {
    const { header, size } = this.extension ?? { header: Buffer.alloc(0), size: 0 };
    const records = parsePax(Buffer.concat(this.extensionBody).subarray(0, size), this.where);
    this.extension = null;
    this.extensionBody = [];
    for (const key of ['mtime', 'atime', 'ctime', 'LIBARCHIVE.creationtime']) records.delete(key);
    if (records.size === 0) return;
    const body = Buffer.from([...records].map(([key, value]) => paxRecord(key, value)).join(''));
    setMtime(header, Math.min(parseHeader(header, this.where)?.mtime ?? 0, this.epoch));
    setSize(header, body.length);
    this.emit(header);
    this.emit(body);
    this.emit(Buffer.alloc(padding(body.length)));
  }
}

function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}
