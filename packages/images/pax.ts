import { ImageError } from './image-error';

/** One record of a pax extended header. Values are bytes: an extended attribute (a file's capabilities, say) need not be text. */
export interface PaxRecord {
  readonly key: string;
  readonly value: Buffer;
  /** The whole record as it stands in the archive. */
  readonly bytes: Buffer;
}

/** Longest extended header that is read: names have at most a few KiB, extended attributes at most 64 KiB each. */
export const longestExtension = 1024 * 1024;

/**
 * Records of a pax extended header: `<length> <key>=<value>\n`, the length counting all of it in bytes (POSIX.1-2001).
 * @throws ImageError where it is malformed
 */
export function parsePax(header: Buffer, where: string): PaxRecord[] {
  const records: PaxRecord[] = [];
  for (let at = 0; at < header.length;) {
    const blank = header.indexOf(0x20, at);
    const digits = blank < 0 ? '' : header.toString('latin1', at, Math.min(blank, at + 20));
    const length = /^\d+$/.test(digits) ? Number(digits) : 0;
    const end = at + length;
    const equals = header.indexOf(0x3d, blank);
    if (length === 0 || equals < 0 || equals >= end || header[end - 1] !== 0x0a)
      throw new ImageError(
        `${where}: an extended header is malformed: the archive is corrupted. Build the image again.`,
      );
    records.push({
      key: header.toString('utf8', blank + 1, equals),
      value: header.subarray(equals + 1, end - 1),
      bytes: header.subarray(at, end),
    });
    at = end;
  }
  return records;
}

/** Refuses an extended header that would fill the memory. */
export function checkExtension(bytes: number, where: string): void {
  if (bytes > longestExtension)
    throw new ImageError(
      `${where}: an extended header has ${bytes} bytes, more than ${longestExtension}: refused. Build the image again.`,
    );
}
