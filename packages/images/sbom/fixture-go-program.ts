import { goAlignment, goMagic } from './go-build-info';

/** A binary with Go's build information as Go's linker lays it out since 1.18, after `before` bytes that may hold anything. */
export function goProgram(version: string, modules: string, before = Buffer.alloc(0)): Buffer {
  const mark = Buffer.alloc(16, 0xaa);
  const framed = modules === '' ? Buffer.alloc(0) : Buffer.concat([mark, Buffer.from(modules), mark]);
  const header = Buffer.alloc(32);
  goMagic.copy(header);
  header[15] = 2;
  const head = Buffer.concat([Buffer.from('\x7fELF', 'latin1'), before]);
  return Buffer.concat([
    head,
    Buffer.alloc(goAlignment - (head.length % goAlignment)),
    header,
    withLength(Buffer.from(version)),
    withLength(framed),
    Buffer.alloc(100),
  ]);
}

function withLength(bytes: Buffer): Buffer {
  const length: number[] = [];
  for (let rest = bytes.length; ; rest = rest >> 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  return Buffer.concat([Buffer.from(length), bytes]);
}
