import fc from 'fast-check';
import { posix } from 'node:path';
import { insidePathProblem, normaliseContainerPath, normaliseInsidePath, writablePathProblem } from './paths';

test.each([
  ['/tmp', '/tmp'],
  ['//tmp/./x//', '/tmp/x'],
  ['/tmp/../../data', '/data'],
  ['/', '/'],
])('container path %s', (path, normal) => {
  expect(normaliseContainerPath(path)).toBe(normal);
});

test.each([
  '/tmp',
  '/data',
  '/app/uploads',
  '/var/cache/nginx',
  '/run/app',
  '/dev/shm',
  '/usrdata',
  '/home/app',
])('%s may be written', (path) => {
  expect(writablePathProblem(path)).toBeNull();
});

test.each([
  '/',
  '/app',
  '/app/',
  '/usr',
  '/usr/share/x',
  '/etc/nginx',
  '/proc/1',
  '/dev',
  '/run',
  '/run/secrets/x',
  '/var',
  '/tmp/../etc',
])('%s may not be written', (path) => {
  expect(writablePathProblem(path)).toContain(path);
});

test.each(['dist', 'dist/apps/api', './dist', 'a/../b', '@scope/x', '.', 'dist/my app', 'dist/größe'])(
  '%s lies inside',
  (path) => {
    expect(insidePathProblem(path, 'the workspace')).toBeNull();
  },
);

test.each([
  '..',
  '../x',
  'a/../../x',
  '/x',
  '\\\\server\\x',
  'C:\\x',
  'c:x',
  'a\\b',
  '~/x',
  'a*',
  '$HOME',
  'a\nb',
  'a"b',
  '#a',
])('%j is refused', (path) => {
  expect(insidePathProblem(path, 'the workspace')).toContain(path);
});

test('whatever passes stays inside a folder', () => {
  const paths = fc.array(fc.constantFrom('a', 'b', '.', '..', '')).map((parts) => parts.join('/'));
  fc.assert(
    fc.property(paths, (path) => {
      fc.pre(insidePathProblem(path, 'x') === null);
      const inside = normaliseInsidePath(path);
      expect(posix.join('/root', path).replace(/\/$/, '')).toBe(
        posix.join('/root', inside).replace(/\/$/, ''),
      );
      expect(posix.join('/root', inside)).toMatch(/^\/root(\/|$)/);
    }),
  );
});
