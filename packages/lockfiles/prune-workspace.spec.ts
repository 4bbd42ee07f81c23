import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { pruneWorkspace, type FoundImport, type PruneRequest, type Reader } from './index';

const fixtures = join(__dirname, 'fixtures');
const managers = ['npm', 'pnpm', 'yarn', 'berry'] as const;
type Manager = (typeof managers)[number];
const lockfiles = { npm: 'package-lock.json', pnpm: 'pnpm-lock.yaml', yarn: 'yarn.lock', berry: 'yarn.lock' };

/** The fixture of one package manager, with some files replaced. */
function readerOf(manager: Manager, replaced: Readonly<Record<string, string>> = {}): Reader {
  const root = join(fixtures, manager);
  return {
    read(path) {
      if (path in replaced) return replaced[path] ?? null;
      return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null;
    },
    exists: (path) => path in replaced || existsSync(join(root, path)),
    list: (folder) => (existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : []),
  };
}

const found = (name: string, need: FoundImport['need'] = 'static'): FoundImport => ({
  name,
  need,
  file: 'dist/apps/api/main.js',
  line: 1,
});
const prune = (manager: Manager, more: Partial<PruneRequest> = {}) =>
  pruneWorkspace({
    reader: readerOf(manager),
    packageManager: manager,
    projectRoot: 'apps/api',
    imports: [],
    ...more,
  });
const versions = (pruned: ReturnType<typeof prune>) =>
  pruned.packages.map(({ name, version }) => `${name}@${version}`);
const fileOf = (pruned: ReturnType<typeof prune>, path: string) =>
  pruned.manifests.find((file) => file.path === path)?.content ?? '';

describe.each(managers)('pruneWorkspace of %s', (manager) => {
  it('keeps exactly what the app and its workspace packages need at run time', () => {
    const kept = versions(prune(manager));
    // lib's alias, deep's own is-number, the app's own ms, ws's optional peer are there …
    expect(kept).toEqual(
      expect.arrayContaining([
        'is-number@6.0.0',
        'is-odd@3.0.1',
        expect.stringMatching(/^ms@1\./),
        expect.stringMatching(/^ws@8\./),
      ]),
    );
    expect(kept.some((one) => /^(noop-alias|ee-first)@1\.1\./.test(one))).toBe(true);
    // … development dependencies, other apps' packages and the root's unused ones are not.
    for (const name of ['typescript', 'escape-html', 'left-pad', 'tslib'])
      expect(kept.filter((one) => one.startsWith(`${name}@`))).toEqual([]);
    expect(kept).not.toContain('is-number@7.0.0');
  });

  it('takes what the build output imports from the root, at the locked version', () => {
    const kept = versions(prune(manager, { imports: [found('tslib')] }));
    expect(kept.filter((one) => one.startsWith('tslib@2.'))).toHaveLength(1);
    expect(versions(prune(manager))).toEqual(kept.filter((one) => !one.startsWith('tslib@')));
  });

  it('carries the manifests of the needed workspace packages only, without development dependencies and scripts', () => {
    const pruned = prune(manager);
    const paths = pruned.manifests.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'package.json',
        'apps/api/package.json',
        'packages/lib/package.json',
        'packages/deep/package.json',
        lockfiles[manager],
      ]),
    );
    expect(paths).not.toContain('apps/web/package.json');
    expect(JSON.parse(fileOf(pruned, 'apps/api/package.json'))).not.toHaveProperty('devDependencies');
    expect(fileOf(pruned, 'packages/lib/package.json')).not.toContain('exit 1');
    expect(pruned.copies.map(({ from }) => from)).toEqual(['packages/deep', 'packages/lib']);
  });

  it('never carries a credential', () => {
    const everything = prune(manager)
      .manifests.map(({ content }) => content)
      .join('\n');
    expect(everything).not.toContain('secret-token');
  });

  it('gives the same bytes again, sorted, also when the lockfile gained a package that the app does not need', () => {
    const pruned = prune(manager);
    expect(prune(manager)).toEqual(pruned);
    expect(pruned.manifests.map(({ path }) => path)).toEqual(
      [...pruned.manifests.map(({ path }) => path)].sort(),
    );
    const lock = lockfiles[manager];
    const text = readFileSync(join(fixtures, manager, lock), 'utf8');
    // Another version of a package that only the other app has.
    const changed = text
      .replaceAll('escape-html-1.0.3', 'escape-html-1.0.9')
      .replace(/(escape-html@)1\.0\.3(:)/g, '$11.0.9$2')
      .replace(/(escape-html@npm:\^1\.0\.3":\n {2}version: )1\.0\.3(\n.*npm:)1\.0\.3/, '$11.0.9$21.0.9');
    expect(changed).not.toBe(text);
    const other = prune(manager, { reader: readerOf(manager, { [lock]: changed }) });
    expect(other).toEqual(pruned);
  });

  it('refuses an import that nothing provides, and names file, line and package', () => {
    expect(() => prune(manager, { imports: [found('not-installed')] })).toThrow(
      /dist\/apps\/api\/main\.js:1.*not-installed/,
    );
  });

  it.each(['lazy', 'optional'] as const)('does without one that is %s', (need) => {
    const pruned = prune(manager, { imports: [found('not-installed', need)] });
    expect(versions(pruned)).toEqual(versions(prune(manager)));
    if (need === 'lazy') expect(pruned.warnings.join('\n')).toContain('not-installed');
  });

  it('says in one line that the lockfile is missing, or cannot be read', () => {
    const lock = lockfiles[manager];
    const without: Reader = {
      ...readerOf(manager),
      read: (path) => (path === lock ? null : readerOf(manager).read(path)),
      exists: (path) => path !== lock && readerOf(manager).exists(path),
    };
    const oneLine = (pattern: RegExp) =>
      expect.objectContaining({ name: 'LockfileError', message: expect.stringMatching(pattern) });
    expect(() => prune(manager, { reader: without })).toThrow(oneLine(/^No lockfile[^\n]*commit [^\n]*$/));
    const broken = readerOf(manager, { [lock]: '{"lockfileVersion": 99, "packages": ' });
    expect(() => prune(manager, { reader: broken })).toThrow(
      oneLine(new RegExp(`^[^\\n]*${lock.replace('.', '\\.')}[^\\n]*$`)),
    );
  });
});

describe('the pruned package-lock.json', () => {
  const lock = () =>
    JSON.parse(fileOf(prune('npm', { imports: [found('ms')] }), 'package-lock.json')) as {
      packages: Record<string, { version?: string; resolved?: string; integrity?: string; link?: boolean }>;
    };
  const original = JSON.parse(readFileSync(join(fixtures, 'npm', 'package-lock.json'), 'utf8')) as ReturnType<
    typeof lock
  >;

  it('keeps versions, addresses, integrity and places of what it keeps', () => {
    const kept = Object.entries(lock().packages).filter(
      ([path, entry]) => path.includes('node_modules/') && !entry.link,
    );
    expect(kept.length).toBeGreaterThan(5);
    for (const [path, { version, resolved, integrity }] of kept)
      expect([path, version, resolved, integrity]).toEqual([
        path,
        original.packages[path]?.version,
        original.packages[path]?.resolved,
        original.packages[path]?.integrity,
      ]);
  });

  it('resolves every dependency that it names, as node would, and keeps nothing that nothing reaches', () => {
    const { packages } = lock() as unknown as {
      packages: Record<string, Record<string, Record<string, string>>>;
    };
    const reached = new Set<string>();
    const resolveFrom = (from: string, name: string): string | null => {
      for (let at = from; ; at = at.replace(/(^|\/)(node_modules\/)?(@[^/]+\/)?[^/]+$/, '')) {
        const path = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
        if (path in packages) return path;
        if (at === '') return null;
      }
    };
    const visit = (path: string) => {
      if (reached.has(path)) return;
      reached.add(path);
      const entry = packages[path] ?? {};
      const target = (entry as { resolved?: unknown; link?: unknown }).link
        ? String((entry as { resolved?: unknown }).resolved)
        : null;
      if (target) return visit(target);
      for (const [kind, required] of [
        ['dependencies', true],
        ['optionalDependencies', false],
        ['peerDependencies', false],
      ] as const)
        for (const name of Object.keys(entry[kind] ?? {})) {
          const place = resolveFrom(path, name);
          if (place) visit(place);
          else if (required) throw new Error(`${path} needs ${name}, which is not there`);
        }
    };
    visit('');
    visit('apps/api');
    const unreached = Object.keys(packages).filter(
      (path) => !reached.has(path) && !(packages[path] as { link?: unknown }).link,
    );
    expect(unreached).toEqual([]);
  });
});

describe('the pruned pnpm-lock.yaml', () => {
  it('has the importers that are needed, and every snapshot that they reach', () => {
    const lock = parse(fileOf(prune('pnpm'), 'pnpm-lock.yaml')) as {
      importers: object;
      packages: object;
      snapshots: Record<string, { dependencies?: Record<string, string> }>;
    };
    expect(Object.keys(lock.importers).sort()).toEqual(
      expect.arrayContaining(['apps/api', 'packages/deep', 'packages/lib']),
    );
    expect(Object.keys(lock.importers)).not.toContain('apps/web');
    for (const [name, { dependencies = {} }] of Object.entries(lock.snapshots))
      for (const [dependency, version] of Object.entries(dependencies)) {
        const key =
          version.includes('@') && !version.startsWith('(') && !/^\d/.test(version)
            ? version
            : `${dependency}@${version}`;
        expect([name, key, key in lock.snapshots]).toEqual([name, key, true]);
      }
  });
});

it('refuses Plug’n’Play with what to do', () => {
  const reader = readerOf('berry', { '.yarnrc.yml': 'nodeLinker: pnp\n' });
  expect(() => prune('berry', { reader })).toThrow(/nodeLinker: node-modules|node-modules/);
});
