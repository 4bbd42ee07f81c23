import catalogue from '../../packages/images/catalogue.json';
import contents from './contents.json';

const images = Object.entries(catalogue.images);

it.each(images)('%s is pinned to a full version and says where it comes from', (_key, image) => {
  expect(image.tag).toMatch(/^\d+\.\d+/);
  expect(image.tag).not.toContain('latest');
  expect(image.digest === null || /^sha256:[0-9a-f]{64}$/.test(image.digest)).toBe(true);
  expect(image.endOfLife).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  expect(image.source).not.toBe('');
});

it.each(images.filter(([, { runtime }]) => runtime === 'node'))(
  'the contents of %s are known, so that a stand-in can be made',
  (key, { tag, version, family }) => {
    expect(Object.keys(contents.node)).toContain(tag.split('-')[0]);
    expect(tag.startsWith(`${version}.`)).toBe(true);
    expect(key).toBe(`node-${version}-${family}`);
  },
);

it.each(images.filter(([, { runtime }]) => runtime === 'python'))(
  'the contents of %s are known, so that a stand-in can be made',
  (key, { tag, version, family }) => {
    expect(Object.keys(contents.python)).toContain(tag.split('-')[0]);
    expect(tag.startsWith(`${version}.`)).toBe(true);
    expect(key).toBe(`python-${version}-${family}`);
  },
);

it.each(images)(
  '%s is of a version that its tag has, and plays a known part',
  (_key, { tag, version, role }) => {
    expect(version === null || tag.startsWith(`${version}.`)).toBe(true);
    expect(['builder', 'final', 'runtime', 'service']).toContain(role);
  },
);
