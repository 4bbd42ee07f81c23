import fc from 'fast-check';
import { encodeFiles, type ListedFile } from './file-columns';
import { decodeFiles, namesTo, splitByLayer, type FileNode } from './file-nodes';
import { searchFiles } from './search';

const file = (path: string, bytes: number, layer = 1): ListedFile => ({ path, bytes, layer });

/** Every file below a node with its path. */
function filesOf(node: FileNode): ListedFile[] {
  if (node.children) return node.children.flatMap(filesOf);
  return [file(namesTo(node).join('/'), node.bytes, node.layer)];
}

const byPath = (a: ListedFile, b: ListedFile) => (a.path < b.path ? -1 : 1);

const name = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'a', 'b', '</script>', '\u202e', '\ud800'),
  fc.string({ minLength: 1, maxLength: 6 }).map((text) => text.replaceAll('/', '_')),
);

/** Files of which none lies below another file. */
const files = fc
  .uniqueArray(
    fc.record({
      parts: fc.array(name, { minLength: 1, maxLength: 5 }),
      bytes: fc.nat(1e9),
      layer: fc.integer({ min: 1, max: 5 }),
    }),
    { selector: ({ parts }) => parts.join('/'), maxLength: 40 },
  )
  .map((list) =>
    list
      .map(({ parts, bytes, layer }) =>
        file([...parts.slice(0, -1).map((part) => `d${part}`), `f${parts.at(-1)}`].join('/'), bytes, layer),
      )
      .filter(({ path }, at, all) => all.findIndex((other) => other.path === path) === at),
  )
  .filter((list) => !list.some(({ path }) => list.some((other) => other.path.startsWith(`${path}/`))));

it('gives back every file that went into the columns, whatever it is called and in whichever order', () => {
  fc.assert(
    fc.property(files, (list) => {
      const columns = JSON.parse(JSON.stringify(encodeFiles(list))) as ReturnType<typeof encodeFiles>;
      const root = decodeFiles(columns);
      expect(filesOf(root).sort(byPath)).toEqual([...list].sort(byPath));
      expect(root.files).toBe(list.length);
      expect(root.bytes).toBe(list.reduce((sum, { bytes }) => sum + bytes, 0));
      expect(encodeFiles([...list].reverse())).toEqual(columns);
    }),
  );
});

it('lists the largest first, and makes one name of what lies deeper than anybody looks', () => {
  const root = decodeFiles(encodeFiles([file('a/small', 1), file('b', 5), file('a/large', 9, 2)]));
  expect(root.children!.map(({ name, bytes, layer }) => [name, bytes, layer])).toEqual([
    ['a', 10, 2],
    ['b', 5, 1],
  ]);
  const deep = Array.from({ length: 5000 }, () => 'd').join('/');
  const { names } = encodeFiles([file(deep, 7)]);
  expect(names).toHaveLength(66);
  expect(names.join('/')).toBe(`/${deep}`);
});

it('splits the same files by layer, with what later layers hide', () => {
  const root = decodeFiles(
    encodeFiles([file('app/a', 4, 1), file('app/b', 6, 2), file('etc/c', 1, 1), file('app/x/d', 2, 2)]),
  );
  const top = splitByLayer(root, ['one', 'two', 'three'], [['app/gone/e', 10, 1, 2, 'deleted']]);
  expect(top.children!.map(({ name, bytes, files: count, layer }) => [name, bytes, count, layer])).toEqual([
    ['one', 15, 3, 1],
    ['two', 8, 2, 2],
    ['three', 0, 0, 3],
  ]);
  const [gone] = top.children![0]!.children![0]!.children!;
  expect(gone).toMatchObject({ name: 'gone', bytes: 10 });
  expect(gone!.children![0]).toMatchObject({ name: 'e', wasted: 'deleted by layer 2' });
  // The tree by folders stays as it was.
  expect(root.bytes).toBe(13);
  expect(filesOf(top)).toHaveLength(5);
});

it('finds files by a part of their path, and the folders above them', () => {
  const root = decodeFiles(
    encodeFiles([file('app/Main.js', 5), file('app/lib/main.css', 7), file('etc/x', 1)]),
  );
  const found = searchFiles(root, 'MAIN', 1);
  expect(found).toMatchObject({ files: 2, bytes: 12 });
  expect(found.largest.map(({ path }) => path)).toEqual(['app/lib/main.css']);
  expect([...found.nodes].map((node) => namesTo(node).join('/')).sort()).toEqual([
    '',
    'app',
    'app/Main.js',
    'app/lib',
    'app/lib/main.css',
  ]);
  expect(searchFiles(root, 'none', 5)).toMatchObject({ files: 0, bytes: 0, largest: [] });
});
