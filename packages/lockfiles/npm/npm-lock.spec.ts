import fc from 'fast-check';
import { pruneWorkspace, type Reader } from '../index';
import type { NpmEntry } from './npm-lock';

const readerOf = (files: Readonly<Record<string, unknown>>): Reader => ({
  read: (path) => (path in files ? JSON.stringify(files[path]) : null),
  exists: (path) => path in files,
  list: () => [],
});

type Tree = Record<string, NpmEntry>;

/** Prunes a workspace whose root is the app. */
function prune(dependencies: Record<string, string>, packages: Tree, root: object = {}): Tree {
  const manifest = { name: 'app', dependencies, ...root };
  const lock = { name: 'app', lockfileVersion: 3, packages: { '': manifest, ...packages } };
  const pruned = pruneWorkspace({
    reader: readerOf({ 'package.json': manifest, 'package-lock.json': lock }),
    packageManager: 'npm',
    projectRoot: '.',
    imports: [],
  });
  const text = pruned.manifests.find(({ path }) => path === 'package-lock.json')!.content;
  const { '': _root, ...rest } = (JSON.parse(text) as { packages: Tree }).packages;
  return rest;
}

const names = ['a', 'b', 'c', 'd', '@s/e', 'f'];

/** A tree of node_modules folders, two deep, whose packages ask for any names: what npm could have written, and more. */
const trees = fc
  .record({
    roots: fc.subarray(names, { minLength: 1 }),
    places: fc.uniqueArray(fc.tuple(fc.constantFrom('', ...names), fc.constantFrom(...names)), {
      maxLength: 20,
      selector: ([parent, name]) => `${parent}>${name}`,
    }),
    asks: fc.array(fc.tuple(fc.subarray(names), fc.subarray(names), fc.subarray(names)), {
      minLength: 30,
      maxLength: 30,
    }),
  })
  .map(({ roots, places, asks }) => {
    const packages: Tree = {};
    // Everything can be found at the top; some have another version beside them.
    const all = [...names.map((name) => ['', name] as const), ...places.filter(([parent]) => parent !== '')];
    all.forEach(([parent, name], index) => {
      const [plain, optional, peer] = asks[index % asks.length]!;
      const ranges = (list: readonly string[]) => Object.fromEntries(list.map((ask) => [ask, '*']));
      packages[`${parent === '' ? '' : `node_modules/${parent}/`}node_modules/${name}`] = {
        version: `${index}.0.0`,
        integrity: `sha512-${index}`,
        dev: true,
        dependencies: ranges(plain),
        optionalDependencies: ranges(optional.filter((ask) => !plain.includes(ask))),
        peerDependencies: ranges(peer),
      };
    });
    return { roots, packages };
  });

/** Node's own search, written another way than the code under test. */
function nodeFinds(packages: Tree, from: string, name: string): string | undefined {
  const folders = from.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'));
  return ['', ...folders]
    .reverse()
    .filter((folder) => !folder.endsWith('node_modules'))
    .map((folder) => `${folder === '' ? '' : `${folder}/`}node_modules/${name}`)
    .find((location) => location in packages);
}

describe('pruned package-lock.json', () => {
  it('has every package that can be reached, nothing else, each with its version and integrity', () => {
    fc.assert(
      fc.property(trees, ({ roots, packages }) => {
        const expected = new Set<string>();
        const visit = (from: string, list: readonly string[]) => {
          for (const name of list) {
            const location = nodeFinds(packages, from, name)!;
            if (expected.has(location)) continue;
            expected.add(location);
            const { dependencies, optionalDependencies, peerDependencies } = packages[location]!;
            visit(location, Object.keys({ ...dependencies, ...optionalDependencies }));
            const container = location.slice(0, Math.max(0, location.lastIndexOf('/node_modules/')));
            visit(container, Object.keys(peerDependencies!));
          }
        };
        visit('', roots);
        const pruned = prune(Object.fromEntries(roots.map((name) => [name, '*'])), packages);
        expect(Object.keys(pruned).sort()).toEqual([...expected].sort());
        for (const [location, { version, integrity }] of Object.entries(pruned))
          expect([version, integrity]).toEqual([packages[location]!.version, packages[location]!.integrity]);
      }),
      { numRuns: 300 },
    );
  });

  it('never takes a copy that a package brings in its own archive for the package itself (nrwl/nx #36672)', () => {
    const pruned = prune(
      { npm: '*', x: '*' },
      {
        'node_modules/npm': { version: '10.0.0', integrity: 'sha512-npm', dependencies: { y: '^1.0.0' } },
        'node_modules/npm/node_modules/y': { version: '1.0.0', inBundle: true },
        'node_modules/npm/node_modules/unnamed': { version: '1.0.0', inBundle: true },
        'node_modules/x': { version: '1.0.0', integrity: 'sha512-x', dependencies: { y: '^1.0.0' } },
        'node_modules/y': { version: '1.0.0', integrity: 'sha512-y' },
      },
    );
    expect(pruned['node_modules/y']).toEqual({ version: '1.0.0', integrity: 'sha512-y' });
    expect(pruned['node_modules/npm/node_modules/y']).toEqual({ version: '1.0.0', inBundle: true });
    expect(pruned).toHaveProperty(['node_modules/npm/node_modules/unnamed']);
  });

  it('keeps packages of other platforms, marked optional, and drops the marks of development', () => {
    const pruned = prune(
      { x: '*' },
      {
        'node_modules/x': { version: '1.0.0', devOptional: true, optionalDependencies: { native: '1' } },
        'node_modules/native': { version: '1.0.0', os: ['win32'], dev: true, optional: true },
      },
    );
    expect(pruned).toEqual({
      'node_modules/native': { version: '1.0.0', optional: true, os: ['win32'] },
      'node_modules/x': { version: '1.0.0', optionalDependencies: { native: '1' } },
    });
  });

  it('keeps the address of a tarball, and gives its file to the installation', () => {
    const manifest = {
      name: 'app',
      dependencies: { x: 'https://example.com/x.tgz', y: 'file:vendor/y.tgz' },
    };
    const packages = {
      '': manifest,
      'node_modules/x': { version: '1.0.0', resolved: 'https://example.com/x.tgz', integrity: 'sha512-x' },
      'node_modules/y': { version: '1.0.0', resolved: 'file:vendor/y.tgz', integrity: 'sha512-y' },
    };
    const pruned = pruneWorkspace({
      reader: readerOf({ 'package.json': manifest, 'package-lock.json': { lockfileVersion: 2, packages } }),
      packageManager: 'npm',
      projectRoot: '.',
      imports: [],
    });
    expect(pruned.manifestCopies).toEqual([{ from: 'vendor/y.tgz', to: 'vendor/y.tgz' }]);
    expect(pruned.manifests.find(({ path }) => path === 'package-lock.json')!.content).toContain(
      'https://example.com/x.tgz',
    );
  });

  it('leaves an optional peer out unless the root has it for production', () => {
    const packages: Tree = {
      'node_modules/x': {
        version: '1.0.0',
        peerDependencies: { pg: '*' },
        peerDependenciesMeta: { pg: { optional: true } },
      },
      'node_modules/pg': { version: '8.0.0', dev: true },
    };
    expect(Object.keys(prune({ x: '*' }, packages, { devDependencies: { pg: '*' } }))).toEqual([
      'node_modules/x',
    ]);
    expect(Object.keys(prune({ x: '*', pg: '*' }, packages))).toEqual(['node_modules/pg', 'node_modules/x']);
  });

  it.each([
    [
      { x: '^2.0.0' },
      { '': { dependencies: { x: '^1.0.0' } }, 'node_modules/x': { version: '1.0.0' } },
      /wants x@\^2\.0\.0, but .* x@\^1\.0\.0\. Run npm install$/,
    ],
    [
      { x: '1' },
      { '': { dependencies: { x: '1' } } },
      /package\.json depends on x, which is not in it\. Run npm install$/,
    ],
  ])('refuses a lockfile that does not fit the manifest: %j', (dependencies, packages, message) => {
    const reader = readerOf({
      'package.json': { name: 'app', dependencies },
      'package-lock.json': { lockfileVersion: 3, packages },
    });
    expect(() => pruneWorkspace({ reader, packageManager: 'npm', projectRoot: '.', imports: [] })).toThrow(
      message,
    );
  });
});
