import { parseIgnoreFile } from './ignore-file';

describe('parseIgnoreFile', () => {
  test.each<[string, string, boolean]>([
    ['', 'a', false],
    ['# a', 'a', false],
    ['a', 'a', true],
    ['a', 'b/a', false],
    ['/a/', 'a/b', true],
    ['a', 'ab', false],
    ['*', 'a/b/c', true],
    ['*.md', 'a.md', true],
    ['*.md', 'b/a.md', false],
    ['**/*.md', 'a.md', true],
    ['**/*.md', 'b/c/a.md', true],
    ['**/node_modules', 'apps/x/node_modules/y/z.js', true],
    ['a/**', 'a/b', true],
    ['a/**/z', 'a/z', true],
    ['a/**/z', 'a/b/c/z', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['[a-c]x', 'bx', true],
    ['[^a-c]x', 'bx', false],
    ['a\\*', 'a*', true],
    ['a\\*', 'ab', false],
    ['*\n!a', 'a/b', false],
    ['*\n!apps/x', 'apps/x/y', false],
    ['*\n!apps/x', 'apps/z', true],
    ['*\n!apps/x\n**/*.local', 'apps/x/secret.local', true],
    ['!a\na', 'a', true],
    ['a\n!a/keep\n', 'a/keep', false],
    ['.', 'a', false],
    ['[', 'a', false],
  ])('%j and %s: %s', (text, path, left) => {
    expect(parseIgnoreFile(text)(path)).toBe(left);
  });
});
