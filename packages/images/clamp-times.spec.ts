import fc from 'fast-check';
import { TimeClamp } from './clamp-times';
import { headerOf, tarOf, type FixtureEntry } from './fixture-layout';
import { TarReader, type TarEntry } from './tar-reader';

const epoch = 1000;

function clamp(bytes: Buffer, chunk = bytes.length): Buffer {
  const out: Buffer[] = [];
  const times = new TimeClamp(epoch, (part) => void out.push(part), 'here');
  for (let at = 0; at < bytes.length; at += chunk) times.write(bytes.subarray(at, at + chunk));
  times.finish();
  return Buffer.concat(out);
}

function read(bytes: Buffer): TarEntry[] {
  const entries: TarEntry[] = [];
  const reader = new TarReader({ entry: (entry) => void entries.push(entry) }, 'here');
  reader.write(bytes);
  reader.finish();
  return entries;
}

it('changes times and nothing else, whatever the chunks; twice is the same as once', () => {
  const entry: fc.Arbitrary<FixtureEntry> = fc.record({
    path: fc.stringMatching(/^[a-z]{1,20}(\/[a-z]{1,60}){0,4}$/),
    content: fc.uint8Array({ maxLength: 1200 }).map((bytes) => Buffer.from(bytes)),
    mode: fc.constantFrom(0o644, 0o755, 0o4755),
    mtime: fc.integer({ min: 0, max: 2 ** 31 }),
    pax: fc.constantFrom<NonNullable<FixtureEntry['pax']>>(
      {},
      { mtime: '1700000000.123' },
      { atime: '5', ctime: '7' },
      { 'SCHILY.xattr.user.a': 'b' },
    ),
  });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 5 }), fc.integer({ min: 1, max: 1500 }), (given, chunk) => {
      const bytes = tarOf(given);
      const clamped = clamp(bytes, chunk);
      expect(read(clamped)).toEqual(
        given.map((one, at) => ({
          ...read(bytes)[at],
          mtime: Math.min(one.mtime ?? 0, epoch),
        })),
      );
      expect(clamp(clamped)).toEqual(clamped);
      expect(clamped).toEqual(
        clamp(tarOf(given.map((one) => ({ ...one, mtime: Math.min(one.mtime ?? 0, epoch) })))),
      );
    }),
  );
});

it('keeps extended attributes byte for byte: a capability is no text', () => {
  const capability = Buffer.from([1, 0, 0, 2, 0, 32, 0, 0, 255, 254, 10, 61, 0]);
  const given = {
    path: 'ping',
    content: 'x',
    pax: { mtime: '1700000000', 'SCHILY.xattr.security.capability': capability },
  };
  const clamped = clamp(tarOf([{ ...given, mtime: 1700000000 }]), 100);
  expect(clamped.includes(capability)).toBe(true);
  expect(read(clamped)[0]?.mtime).toBe(epoch);
});

it('follows a size that only the extended header knows, and empty extended headers', () => {
  const body = Buffer.alloc(1024, 'x');
  const sized = tarOf([{ path: 'a', pax: { size: '1024' }, mtime: 9999 }]).subarray(0, 3 * 512);
  const empty = headerOf({ path: 'pax', type: 'x', mtime: 9999 }, 0);
  const bytes = Buffer.concat([sized, body, empty, tarOf([{ path: 'b', content: 'bb', mtime: 9999 }])]);
  expect(clamp(bytes, 77).subarray(-2048)).toEqual(tarOf([{ path: 'b', content: 'bb', mtime: epoch }]));
  expect(read(clamp(bytes, 77)).map(({ name, size, mtime }) => [name, size, mtime])).toEqual([
    ['a', 1024, epoch],
    ['b', 2, epoch],
  ]);
});

it.each([
  ['in a body', 900],
  ['in a header', 100],
])('refuses an archive that ends %s', (_, length) => {
  expect(() => clamp(tarOf([{ path: 'a', content: 'x'.repeat(600) }]).subarray(0, length), 64)).toThrow(
    /truncated/,
  );
});
