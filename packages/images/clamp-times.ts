import { ImageError } from './image-error';
import { checkExtension, parsePax } from './pax';
import { blockSize, padding, parseHeader, setMtime, setSize } from './tar-header';

/** Records of an extended header that hold a time. */
const times: ReadonlySet<string> = new Set(['mtime', 'atime', 'ctime', 'LIBARCHIVE.creationtime']);

/**
 * Clamps every timestamp of a tar archive to `epoch` (seconds) while it streams through: `write` chunks in, `emit` gets the new bytes.
 * Everything else stays as it is, byte for byte. Constant memory.
 */
export class TimeClamp {
  private pending = Buffer.alloc(0);
  private rest = 0;
  private extension: { header: Buffer; size: number } | null = null;
  private extensionBody: Buffer[] = [];
  /** Size that an extended header gives the entry after it: its own field holds 8 GiB at most. */
  private extendedSize: number | null = null;
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
      checkExtension(header.size, this.where);
      if (header.size === 0) return;
      this.extension = { header: block, size: header.size };
      this.rest = header.size + padding(header.size);
      return;
    }
    if (header.mtime > this.epoch) setMtime(block, this.epoch);
    this.emit(block);
    const size = 'gLK'.includes(header.type) ? header.size : (this.extendedSize ?? header.size);
    const body = '123456'.includes(header.type) ? 0 : size;
    // A long name (L, K) or a global header (g) may stand between an extended header and its entry.
    if (!'gLK'.includes(header.type)) this.extendedSize = null;
    this.rest = body + padding(body);
  }

  /** Times in an extended header are dropped: the header block that follows carries the clamped one. */
  private closeExtension(): void {
    const { header, size } = this.extension ?? { header: Buffer.alloc(0), size: 0 };
    const records = parsePax(Buffer.concat(this.extensionBody).subarray(0, size), this.where);
    this.extension = null;
    this.extensionBody = [];
    const bytes = Number(records.find(({ key }) => key === 'size')?.value.toString() ?? NaN);
    if (Number.isSafeInteger(bytes) && bytes >= 0) this.extendedSize = bytes;
    const kept = records.filter(({ key }) => !times.has(key));
    if (kept.length === 0) return;
    const body = Buffer.concat(kept.map((record) => record.bytes));
    setMtime(header, Math.min(parseHeader(header, this.where)?.mtime ?? 0, this.epoch));
    setSize(header, body.length);
    this.emit(header);
    this.emit(body);
    this.emit(Buffer.alloc(padding(body.length)));
  }
}
