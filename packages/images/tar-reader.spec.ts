import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { headerOf, paxRecord, tarOf, type FixtureEntry } from './fixture-layout';
import { padding } from './tar-header';
import { TarReader, type TarEntry } from './tar-reader';

function read(bytes: Buffer, chunk = bytes.length): TarEntry[] {
  const entries: TarEntry[] = [];
  const reader = new TarReader({ entry: (entry) => void entries.push(entry) }, 'here');
  for (let at = 0; at < bytes.length; at += chunk) reader.write(bytes.subarray(at, at + chunk));
  reader.finish();
  return entries;
}

const sizes = (bytes: Buffer, chunk?: number) => read(bytes, chunk).map(({ name, size }) => [name, size]);
const long = `${'d/'.repeat(90)}name`;
const archive = tarOf([
  { path: 'a', content: 'x'.repeat(513) },
  { path: long, content: 'y' },
  { path: 'b/' },
]);

it.each([1, 7, 511, 512, 513, 4096, 1 << 20])('reads the same entries from chunks of %i bytes', (size) => {
  expect(sizes(archive, size)).toEqual([
    ['a', 513],
    [long, 1],
    ['b/', 0],
  ]);
});

it('gives back every body, whatever the chunks', () => {
  const entry = fc.record({
    path: fc.stringMatching(/^[a-z]{1,12}(\/[a-z]{1,70}){0,3}$/),
    content: fc.uint8Array({ maxLength: 1500 }).map((bytes) => Buffer.from(bytes)),
  });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 5 }), fc.integer({ min: 1, max: 1200 }), (given, chunk) => {
      const found: { path: string; content: Buffer }[] = [];
      let parts: Buffer[] = [];
      const reader = new TarReader(
        {
          entry: ({ name }) => {
            parts = [];
            found.push({ path: name, content: Buffer.alloc(0) });
            return true;
          },
          body: (bytes) => void parts.push(Buffer.from(bytes)),
          end: () => (found[found.length - 1]!.content = Buffer.concat(parts)),
        },
        'here',
      );
      const bytes = tarOf(given);
      for (let at = 0; at < bytes.length; at += chunk) reader.write(bytes.subarray(at, at + chunk));
      reader.finish();
      expect(found).toEqual(given);
    }),
  );
});

it.each(['gnu', 'ustar', 'pax', 'oldgnu', 'v7'])('reads what tar writes in the format %s', (format) => {
  const path = format === 'v7' ? 'tar-reader.ts' : '../images/tar-reader.ts';
  const tar = spawnSync('tar', ['--format', format, '-P', '-cf', '-', path], { cwd: __dirname });
  expect([tar.error, tar.status]).toEqual([undefined, 0]);
  const [entry] = read(tar.stdout, 1000);
  expect(entry).toMatchObject({ name: path, type: '0' });
  expect(entry?.size).toBeGreaterThan(1000);
});

it('reads names and links of GNU tar that are longer than a header', () => {
  const name = `${'n'.repeat(300)}`;
  const block = (type: string, text: string) => [
    headerOf({ path: '././@LongLink', type }, text.length + 1),
    Buffer.from(`${text}\0`),
    Buffer.alloc(padding(text.length + 1)),
  ];
  const bytes = Buffer.concat([
    ...block('L', name),
    ...block('K', 'to'.repeat(100)),
    headerOf({ path: 'cut', type: '2', link: 'cut' }, 0),
    headerOf({ path: 'next', type: '0' }, 0),
    Buffer.alloc(1024),
  ]);
  expect(read(bytes, 100).map(({ name, linkName }) => [name, linkName])).toEqual([
    [name, 'to'.repeat(100)],
    ['next', ''],
  ]);
});

it('knows that links have no body, whatever size they claim', () => {
  const bytes = Buffer.concat([
    headerOf({ path: 'hard', type: '1', link: 'a' }, 700),
    headerOf({ path: 'folder/' }, 700),
    tarOf([{ path: 'next', content: 'x' }]),
  ]);
  expect(read(bytes, 100).map(({ name }) => name)).toEqual(['hard', 'folder/', 'next']);
});

it('takes size, path, link and time from a pax header, and a base-256 size from the header itself', () => {
  const pax = {
    path: 'über',
    linkpath: 'weiß',
    mtime: '12.5',
    'SCHILY.xattr.user.x': Buffer.from([0, 10, 255]),
  };
  expect(read(tarOf([{ path: 'u', pax, content: 'abc' }]))).toEqual([
    expect.objectContaining({ name: 'über', linkName: 'weiß', mtime: 12.5, size: 3 }),
  ]);
  const size = tarOf([{ path: 'a', pax: { size: '3' }, content: 'abc' }, { path: 'b' }]);
  expect(sizes(size)).toEqual([
    ['a', 3],
    ['b', 0],
  ]);
  const reader = new TarReader({ entry: ({ size }) => void expect(size).toBe(9 * 1024 ** 3) }, 'here');
  reader.write(withSize(headerOf({ path: 'big' }, 0), 9 * 1024 ** 3));
  expect(() => reader.finish()).toThrow(/truncated/);
});

/** Writes a base-256 size and the checksum that goes with it. */
function withSize(block: Buffer, bytes: number | bigint): Buffer {
  block.writeBigUInt64BE(BigInt(bytes), 128);
  block.writeUInt32BE(0x80000000, 124);
  block.write('        ', 148, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

const pax = (body: Buffer) =>
  Buffer.concat([
    headerOf({ path: 'pax', type: 'x' }, body.length),
    body,
    Buffer.alloc(padding(body.length)),
  ]);
const change = (at: number, byte: number) => {
  const bytes = Buffer.from(archive);
  bytes[at] = byte;
  return bytes;
};

it.each<[string, Buffer, RegExp]>([
  ['an archive that ends in a body', archive.subarray(0, 700), /truncated/],
  ['an archive that ends in a header', archive.subarray(0, 100), /truncated/],
  ['an archive that ends in a long name', archive.subarray(0, 512 + 1024 + 600), /truncated/],
  ['a changed name', change(3, 0x41), /wrong checksum/],
  ['a checksum that is no number', change(150, 0x7a), /not octal/],
  ['something that is no archive', Buffer.alloc(2048, 'hello '), /checksum|octal/],
  ['a size past all disks', withSize(headerOf({ path: 'a' }, 0), 2n ** 63n), /claims .* bytes/],
  [
    'a long name of 2 GiB',
    headerOf({ path: 'x', type: 'L' }, 2 ** 31),
    /extended header has 2147483648 bytes/,
  ],
  [
    'a pax header of 2 GiB',
    headerOf({ path: 'x', type: 'x' }, 2 ** 31),
    /extended header has 2147483648 bytes/,
  ],
  ['a record that claims too much', pax(Buffer.from('99 path=a\n')), /malformed/],
  ['a record of length nothing', pax(Buffer.from('0 path=a\n')), /malformed/],
  ['a record without a key', pax(Buffer.from('8 pathab\n')), /malformed/],
  ['a record without a length', pax(Buffer.from('path=aaaa')), /malformed/],
  [
    'a size that is no number',
    Buffer.concat([pax(paxRecord('size', '-1')), headerOf({ path: 'a' }, 0)]),
    /size=-1/,
  ],
  ['a sparse file of GNU tar', headerOf({ path: 'a', type: 'S' }, 0), /sparse/],
  ['a sparse file of pax', tarOf([{ path: 'a', pax: { 'GNU.sparse.size': '9' } }]), /sparse/],
])('refuses %s in one line', (_, bytes, message) => {
  for (const chunk of [bytes.length, 13]) expect(() => read(bytes, chunk)).toThrow(message);
  expect(() => read(bytes)).toThrow(
    expect.objectContaining({ name: 'ImageError', message: expect.not.stringContaining('\n') }),
  );
});

it('never fails otherwise, whatever bytes are flipped', () => {
  const base: FixtureEntry[] = [
    { path: 'one', content: 'x'.repeat(700) },
    { path: long, pax: { mtime: '1.5' } },
  ];
  const flips = fc.array(fc.tuple(fc.nat(4000), fc.integer({ min: 0, max: 255 })), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(flips, fc.integer({ min: 1, max: 600 }), (changes, chunk) => {
      const bytes = tarOf(base);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      try {
        read(bytes, chunk);
      } catch (error) {
        expect((error as Error).name).toBe('ImageError');
      }
    }),
    { numRuns: 500 },
  );
});

it('keeps names that climb out of the root as data', () => {
  expect(sizes(tarOf([{ path: '../../etc/passwd' }]))).toEqual([['../../etc/passwd', 0]]);
});
