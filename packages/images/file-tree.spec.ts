import fc from 'fast-check';
import { FileTree } from './file-tree';
import type { TarEntry } from './tar-reader';

type Given = readonly [name: string, size?: number, type?: string, linkName?: string];

function entry([name, size = 0, type = name.endsWith('/') ? '5' : '0', linkName = '']: Given): TarEntry {
  return { name, size, type, linkName, mode: 0o644, uid: 0, gid: 0, mtime: 0 };
}

function treeOf(layers: readonly (readonly Given[])[], limit?: number): FileTree {
  const tree = new FileTree(100, limit);
  layers.forEach((entries, at) => {
    tree.beginLayer(at + 1);
    for (const given of entries) tree.add(entry(given));
  });
  return tree;
}

const seen = (tree: FileTree) =>
  Object.fromEntries(tree.result().largest.map(({ path, bytes, layer }) => [path, [bytes, layer]]));

it('takes names with and without a leading ./ or / for the same', () => {
  const tree = treeOf([[['./a', 1]], [['/a', 2]], [['a', 4]], [['.//a', 8]], [['./']], [['.']]]);
  expect(seen(tree)).toEqual({ a: [8, 4] });
  expect(tree.result().wasted).toBe(7);
});

it.each([
  ['first', (old: Given[], hidden: Given[]) => [...hidden, ...old]],
  ['last', (old: Given[], hidden: Given[]) => [...old, ...hidden]],
])('keeps what a layer adds beside its own whiteouts, the whiteouts %s', (_, order) => {
  const tree = treeOf([
    [
      ['dir/old', 10],
      ['dir/sub/old', 20],
      ['gone/old', 40],
      ['file', 80],
    ],
    order(
      [
        ['dir/', 0],
        ['dir/new', 1],
        ['dir/sub/new', 2],
        ['gone/', 0],
        ['gone/new', 4],
        ['file', 8],
      ],
      [['dir/.wh..wh..opq'], ['.wh.gone'], ['.wh.file']],
    ),
  ]);
  expect(seen(tree)).toEqual({ 'dir/new': [1, 2], 'dir/sub/new': [2, 2], 'gone/new': [4, 2], file: [8, 2] });
  expect(tree.result().wasted).toBe(150);
});

it('ignores whiteouts of nothing, and the bookkeeping of aufs', () => {
  const tree = treeOf([[['a', 1]], [['.wh.b'], ['no/where/.wh.c'], ['.wh..wh.plnk/'], ['.wh..wh.aufs']]]);
  expect([seen(tree), tree.result().wasted]).toEqual([{ a: [1, 1] }, 0]);
});

it('counts hard links once, and as waste only when the last name is gone', () => {
  const linked: Given[] = [
    ['bin/perl', 100],
    ['bin/perl5', 0, '1', 'bin/perl'],
    ['bin/perl5.40', 0, '1', './bin/perl'],
  ];
  expect(treeOf([linked]).result()).toMatchObject({ files: 3, wasted: 0 });
  const one = treeOf([linked, [['bin/.wh.perl']]]);
  expect(one.result()).toMatchObject({ files: 2, wasted: 0 });
  expect(seen(one)['bin/perl5']).toEqual([100, 1]);
  expect(treeOf([linked, [['bin/perl', 7]], [['bin/.wh.perl5']]]).result().wasted).toBe(0);
  expect(treeOf([linked, [['.wh.bin']]]).result()).toMatchObject({ files: 0, wasted: 100 });
});

it('counts a folder that becomes a file, and a file that becomes a folder', () => {
  const tree = treeOf([
    [
      ['a/b/c', 5],
      ['d', 7],
    ],
    [
      ['a', 1],
      ['d/e', 2],
    ],
  ]);
  expect(seen(tree)).toEqual({ 'd/e': [2, 2], a: [1, 2] });
  expect(tree.result().wasted).toBe(12);
});

it('names `__proto__` and `constructor` are names', () => {
  expect(seen(treeOf([[['constructor/x', 1]], [['a/hasOwnProperty', 2]]]))).toEqual({
    'constructor/x': [1, 1],
    'a/hasOwnProperty': [2, 2],
  });
});

it('refuses endless paths, too many layers, and more names than memory should hold', () => {
  expect(() => treeOf([[['d/'.repeat(10_000), 0]]])).toThrow(/path of 19999 characters: refused/);
  expect(() => new FileTree(1).beginLayer(1024)).toThrow(/more than 1023 layers/);
  const many = Array.from({ length: 1000 }, (_, at): Given => [`file-${at}`]);
  expect(() => treeOf([many], 50_000)).toThrow(/more file names/);
  expect(() => treeOf([[[`${'d/'.repeat(8000)}x`]]], 1_000_000)).toThrow(/more file names/);
});

it('loses no byte: what is seen plus what is wasted is what the layers hold', () => {
  const name = fc.constantFrom(
    'a',
    'b',
    'a/b',
    'a/c',
    'b/a/c',
    '.wh.a',
    'a/.wh.b',
    'a/.wh..wh..opq',
    'b/.wh.a',
  );
  const layer = fc.array(fc.tuple(name, fc.nat(1000)), { maxLength: 8 });
  fc.assert(
    fc.property(fc.array(layer, { maxLength: 5 }), (layers) => {
      const { largest, wasted } = treeOf(layers).result();
      const held = layers.flat().filter(([path]) => !path.includes('.wh.'));
      const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);
      expect(sum(largest.map(({ bytes }) => bytes)) + wasted).toBe(sum(held.map(([, size]) => size)));
    }),
    { numRuns: 500 },
  );
});
