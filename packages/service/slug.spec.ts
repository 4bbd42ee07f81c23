import fc from 'fast-check';
import { slugOf } from './slug';

const dnsLabel = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

test.each([
  ['api', 'api'],
  ['@acme/api', 'acme-api'],
  ['Web_App', 'web-app'],
  ['a--b', 'a-b'],
  ['3d-viewer', 's-3d-viewer'],
  ['apps/api:v2', 'apps-api-v2'],
])('%s -> %s', (name, slug) => {
  expect(slugOf(name)).toBe(slug);
});

test('names that lose letters, or are too long, keep apart by a hash', () => {
  expect(slugOf('größe')).not.toBe(slugOf('grüße'));
  expect(slugOf('名前')).toMatch(/^s-[0-9a-f]{8}$/);
  const long = 'a'.repeat(80);
  expect(slugOf(`${long}-x`)).not.toBe(slugOf(`${long}-y`));
  expect(slugOf(long)).toHaveLength(63);
});

test('any name is a DNS label, the same every time', () => {
  const names = fc.oneof(
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc.stringMatching(/^@[a-z]+\/[a-z0-9-]{1,90}$/),
  );
  fc.assert(
    fc.property(names, (name) => {
      expect(slugOf(name)).toMatch(dnsLabel);
      expect(slugOf(name)).toBe(slugOf(name));
    }),
  );
});

test('a slug is its own slug', () => {
  fc.assert(
    fc.property(fc.stringMatching(dnsLabel), (slug) => {
      fc.pre(!slug.includes('--'));
      expect(slugOf(slug)).toBe(slug);
    }),
  );
});
