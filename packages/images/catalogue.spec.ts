import { catalogueEntries, imageReference } from './catalogue';

it.each([...catalogueEntries()])('%s is pinned to a full version', (key, { image, tag, digest }) => {
  expect(tag).toMatch(/^\d+\.\d+/);
  expect(digest === null || /^sha256:[0-9a-f]{64}$/.test(digest)).toBe(true);
  expect(imageReference(key)).toBe(`${image}:${tag}${digest ? `@${digest}` : ''}`);
});

it('lists its images in order', () => {
  const keys = [...catalogueEntries().keys()];
  expect(keys.length).toBeGreaterThan(5);
  expect(keys).toEqual([...keys].sort());
});

it('takes the reference that a workspace names instead', () => {
  const overrides = { 'node-24-slim': 'mirror.example.com/node:24.1.0-slim' };
  expect(imageReference('node-24-slim', overrides)).toBe('mirror.example.com/node:24.1.0-slim');
  expect(imageReference('alpine', overrides)).toBe(imageReference('alpine'));
});

it.each(['node-1-slim', 'constructor', ''])('names the choices where it has no %j', (key) => {
  expect(() => imageReference(key)).toThrow(
    /^The catalogue has no image .*Use one of: alpine, debian-slim, .*node-24-slim, /,
  );
});
