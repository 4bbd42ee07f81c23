import { ImageError } from './image-error';

/** Size of a tar block in bytes (POSIX.1-1988, ustar). */
export const blockSize = 512;

/** The fields of a ustar header that an image reader needs. */
export interface TarHeader {
  readonly name: string;
  readonly linkName: string;
  readonly type: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of the body, without padding. */
  readonly size: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
}

/** Parses one header block. Null for a block of zeros. @throws ImageError on a wrong checksum or an absurd number */
export function parseHeader(block: Buffer, where: string): TarHeader | null {
  const stored = octal(block, 148, 8, where);
  const sum = checksum(block);
  if (sum === 8 * 32) return null;
  if (stored !== sum)
    throw new ImageError(
      `${where}: a tar header has a wrong checksum: the archive is corrupted. Build the image again.`,
    );
  const size = number(block, 124, 12, where);
  if (!Number.isSafeInteger(size) || size < 0)
    throw new ImageError(
      `${where}: a tar header claims ${size} bytes: the archive is corrupted. Build the image again.`,
    );
  const ustar = block.toString('latin1', 257, 262) === 'ustar';
  const gnu = ustar && block.toString('latin1', 262, 264) === '  ';
  const prefix = ustar && !gnu ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  return {
    name: prefix ? `${prefix}/${name}` : name,
    linkName: text(block, 157, 100),
    type: String.fromCharCode(block[156] || 0x30),
    mode: number(block, 100, 8, where) & 0o7777,
    uid: number(block, 108, 8, where),
    gid: number(block, 116, 8, where),
    size,
    mtime: number(block, 136, 12, where),
  };
}

/** Sets the modification time of a header block in place and makes its checksum right. */
export function setMtime(block: Buffer, seconds: number): void {
  block.write(`${seconds.toString(8).padStart(11, '0')}\0`, 136, 12, 'latin1');
  setChecksum(block);
}

/** Sets the size of a header block in place and makes its checksum right. */
export function setSize(block: Buffer, bytes: number): void {
  block.write(`${bytes.toString(8).padStart(11, '0')}\0`, 124, 12, 'latin1');
  setChecksum(block);
}

function setChecksum(block: Buffer): void {
  block.write(`${checksum(block).toString(8).padStart(6, '0')}\0 `, 148, 8, 'latin1');
}

/** Sum of all bytes, the checksum field itself counted as blanks. */
function checksum(block: Buffer): number {
  let sum = 8 * 32;
  for (let at = 0; at < 148; at += 1) sum += block[at] ?? 0;
  for (let at = 156; at < blockSize; at += 1) sum += block[at] ?? 0;
  return sum;
}

function text(block: Buffer, start: number, length: number): string {
  let end = start;
  while (end < start + length && block[end] !== 0) end += 1;
  return block.toString('utf8', start, end);
}

function octal(block: Buffer, start: number, length: number, where: string): number {
  let value = 0;
  for (let at = start; at < start + length; at += 1) {
    const digit = block[at] ?? 0;
    if (digit === 0x20 && value === 0) continue;
    if (digit === 0 || digit === 0x20) break;
    if (digit < 0x30 || digit > 0x37)
      throw new ImageError(
        `${where}: a tar header holds a number that is not octal: the archive is corrupted. Build the image again.`,
      );
    value = value * 8 + (digit - 0x30);
  }
  return value;
}

/** An octal number, or GNU's base-256 form where the first bit is set. */
function number(block: Buffer, start: number, length: number, where: string): number {
  const first = block[start] ?? 0;
  if (first < 0x80) return octal(block, start, length, where);
  if (first === 0xff) return -1;
  let value = first & 0x7f;
  for (let at = start + 1; at < start + length; at += 1) value = value * 256 + (block[at] ?? 0);
  return value;
}

/** Bytes that pad a body to whole blocks. */
export function padding(size: number): number {
  return (blockSize - (size % blockSize)) % blockSize;
}
