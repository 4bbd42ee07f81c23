import { ImageError } from './image-error';
import { checkExtension, parsePax } from './pax';
import { blockSize, padding, parseHeader, type TarHeader } from './tar-header';

/** One entry of an archive, with extended (pax and GNU) names and sizes applied. */
export interface TarEntry {
  /** As written in the archive: data only, never a path to write to. */
  readonly name: string;
  readonly linkName: string;
  /** `0` file, `1` hard link, `2` symbolic link, `3`/`4` device, `5` directory, `6` fifo. */
  readonly type: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
}

/** What a caller wants to see of an archive. `body` is called only for entries that `entry` answered true for. */
export interface TarVisitor {
  entry(entry: TarEntry): boolean | void;
  body?(chunk: Buffer): void;
  /** Called after the last byte of an entry's body. */
  end?(): void;
}

/**
 * A push parser for tar archives (ustar, pax, GNU long names, base-256 sizes): feed it chunks of any size with `write`, then `finish`.
 * Memory is constant: bodies are skipped, extended headers are bounded.
 */
export class TarReader {
  private readonly header = Buffer.alloc(blockSize);
  private headerFill = 0;
  private body = 0;
  private pad = 0;
  private mode: 'header' | 'body' | 'extension' = 'header';
  private visit = false;
  private extension: Buffer[] = [];
  private extensionType = '';
  private pax: Map<string, string> | null = null;
  private longName: string | null = null;
  private longLink: string | null = null;
  private ended = false;

  constructor(
    private readonly visitor: TarVisitor,
    private readonly where: string,
  ) {}

  write(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.mode === 'header') at = this.readHeader(chunk, at);
      else at = this.readBody(chunk, at);
    }
  }

  /** @throws ImageError where the archive ends inside an entry */
  finish(): void {
    if (this.mode !== 'header' || this.headerFill > 0)
      throw new ImageError(
        `${this.where}: the archive ends in the middle of an entry: it is truncated. Build the image again.`,
      );
  }

  private readHeader(chunk: Buffer, start: number): number {
    if (this.ended) return chunk.length;
    let block: Buffer;
    let at = start;
    if (this.headerFill === 0 && chunk.length - at >= blockSize) {
      block = chunk.subarray(at, at + blockSize);
      at += blockSize;
    } else {
      const taken = chunk.copy(this.header, this.headerFill, at, at + blockSize - this.headerFill);
      this.headerFill += taken;
      at += taken;
      if (this.headerFill < blockSize) return at;
      this.headerFill = 0;
      block = this.header;
    }
    const header = parseHeader(block, this.where);
    if (header) this.begin(header);
    else this.ended = true;
    return at;
  }

  private begin(header: TarHeader): void {
    if ('xgLK'.includes(header.type)) {
      checkExtension(header.size, this.where);
      this.extension = [];
      this.extensionType = header.type;
      this.mode = 'extension';
      this.body = header.size;
      this.pad = padding(header.size);
      if (this.body + this.pad === 0) this.mode = 'header';
      return;
    }
    if (header.type === 'S' || [...(this.pax?.keys() ?? [])].some((key) => key.startsWith('GNU.sparse.')))
      throw new ImageError(
        `${this.where}: ${header.name} is a sparse file, which image layers do not hold. Build the image again.`,
      );
    const size = this.paxNumber('size') ?? header.size;
    const entry: TarEntry = {
      ...header,
      name: this.pax?.get('path') ?? this.longName ?? header.name,
      linkName: this.pax?.get('linkpath') ?? this.longLink ?? header.linkName,
      size,
      mtime: this.paxNumber('mtime') ?? header.mtime,
    };
    this.pax = null;
    this.longName = null;
    this.longLink = null;
    // Links and devices have no body, whatever their size field says.
    this.body = '123456'.includes(header.type) ? 0 : size;
    this.pad = padding(this.body);
    this.visit = this.visitor.entry(entry) === true;
    if (this.body + this.pad > 0) this.mode = 'body';
    else if (this.visit) this.visitor.end?.();
  }

  private paxNumber(key: string): number | null {
    const value = this.pax?.get(key);
    if (value === undefined) return null;
    const parsed = Number(value);
    if (!Number.isFinite(parsed) || (key === 'size' && (!Number.isSafeInteger(parsed) || parsed < 0)))
      throw new ImageError(
        `${this.where}: an extended header holds ${key}=${value.slice(0, 40)}: the archive is corrupted. Build the image again.`,
      );
    return parsed;
  }

  private readBody(chunk: Buffer, start: number): number {
    let at = start;
    if (this.body > 0) {
      const end = Math.min(chunk.length, at + this.body);
      if (this.mode === 'extension') this.extension.push(Buffer.from(chunk.subarray(at, end)));
      else if (this.visit) this.visitor.body?.(chunk.subarray(at, end));
      this.body -= end - at;
      at = end;
    }
    if (this.body === 0) {
      const skipped = Math.min(chunk.length - at, this.pad);
      this.pad -= skipped;
      at += skipped;
      if (this.pad === 0) this.close();
    }
    return at;
  }

  private close(): void {
    if (this.mode === 'extension') {
      const bytes = Buffer.concat(this.extension);
      this.extension = [];
      if (this.extensionType === 'x')
        this.pax = new Map(parsePax(bytes, this.where).map(({ key, value }) => [key, value.toString()]));
      if (this.extensionType === 'L') this.longName = bytes.toString('utf8').replace(/\0.*$/s, '');
      if (this.extensionType === 'K') this.longLink = bytes.toString('utf8').replace(/\0.*$/s, '');
    } else if (this.visit) this.visitor.end?.();
    this.mode = 'header';
  }
}
