import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pruneWorkspace } from '../packages/lockfiles/prune-workspace';
import type { PrunedWorkspace, Reader } from '../packages/lockfiles/types';

/**
 * The pruned workspace against the package managers themselves: each locks a workspace, and its own frozen installation takes what
 * is left of it. The workspace has what pruned lockfiles go wrong on: nested workspace packages, a version that differs from
 * the root's, a local tarball, peers and optional peers, forced versions, a patch, development dependencies, a bundled tree.
 */
const area = mkdtempSync(join(tmpdir(), 'toolbox-lockfiles-'));
const tools = join(area, 'tools');
const yarn = join(tools, 'node_modules', 'yarn', 'bin', 'yarn.js');
const berry = join(tools, 'node_modules', '@yarnpkg', 'cli-dist', 'bin', 'yarn.js');
const pnpm = join(tools, 'node_modules', 'pnpm', 'bin', 'pnpm.cjs');

const patch =
  'diff --git a/patched.txt b/patched.txt\nnew file mode 100644\n--- /dev/null\n+++ b/patched.txt\n@@ -0,0 +1 @@\n+patched\n';

interface Case {
  readonly link: string;
  readonly isOdd: string;
  readonly root: Readonly<Record<string, unknown>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly lock: readonly string[];
  readonly install: readonly string[];
}

const workspaces = ['apps/*', 'packages/*', 'packages/lib/nested/*'];
const cases: Readonly<Record<'npm' | 'pnpm' | 'yarn' | 'berry', Case>> = {
  npm: {
    link: '*',
    isOdd: '^3.0.1',
    root: {
      workspaces,
      dependencies: { 'is-number': '6.0.0' },
      // npm itself brings its dependencies in its own archive (nrwl/nx #36672).
      devDependencies: { npm: '^10.9.0' },
      overrides: { 'is-odd': { 'is-number': '$is-number' } },
    },
    lock: ['npm', 'install', '--package-lock-only', '--no-audit', '--no-fund'],
    install: ['npm', 'ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'],
  },
  pnpm: {
    link: 'workspace:*',
    isOdd: '^3.0.1',
    root: { dependencies: { 'is-number': '6.0.0' } },
    files: {
      'patches/is-odd.patch': patch,
      'pnpm-workspace.yaml': JSON.stringify({
        packages: workspaces,
        catalog: { 'escape-html': '^1.0.3' },
        overrides: { 'is-odd>is-number': '$is-number', 'escape-html': '1.0.2' },
        patchedDependencies: { 'is-odd@3.0.1': 'patches/is-odd.patch' },
      }),
    },
    lock: [process.execPath, pnpm, 'install', '--lockfile-only'],
    install: [process.execPath, pnpm, 'install', '--frozen-lockfile', '--prod', '--ignore-scripts'],
  },
  yarn: {
    link: '0.0.1',
    isOdd: '^3.0.1',
    root: { workspaces, resolutions: { 'is-odd/is-number': '6.0.0', '**/loose-envify': '1.3.1' } },
    lock: [process.execPath, yarn, 'install', '--ignore-scripts', '--non-interactive'],
    install: [process.execPath, yarn, 'install', '--frozen-lockfile', '--production', '--ignore-scripts'],
  },
  berry: {
    link: 'workspace:^',
    isOdd: 'patch:is-odd@npm%3A3.0.1#~/.yarn/patches/is-odd.patch',
    root: { workspaces, resolutions: { 'is-number': 'npm:6.0.0' } },
    files: {
      '.yarn/patches/is-odd.patch': patch,
      '.yarnrc.yml': 'nodeLinker: node-modules\nenableScripts: false\n',
      'yarn.lock': '',
    },
    lock: [process.execPath, berry, 'install', '--no-immutable'],
    install: [process.execPath, berry, 'install', '--immutable'],
  },
};

beforeAll(() => {
  mkdirSync(tools);
  run(['npm', 'init', '--yes'], tools);
  run(
    [
      'npm',
      'install',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      'pnpm@10',
      'yarn@1.22',
      '@yarnpkg/cli-dist@4',
    ],
    tools,
  );
  run(['npm', 'pack', 'left-pad@1.3.0'], tools);
});
afterAll(() => rmSync(area, { recursive: true, force: true }));

describe.each(Object.keys(cases) as (keyof typeof cases)[])('%s', (manager) => {
  const { link, isOdd, root, files = {}, lock, install } = cases[manager];
  const workspace = join(area, manager);
  const installed = join(area, `${manager}-pruned`);
  let pruned: PrunedWorkspace;

  beforeAll(() => {
    const { dependencies, devDependencies, ...rest } = root as Record<
      string,
      Record<string, string> | undefined
    >;
    writeAll(workspace, {
      'package.json': JSON.stringify({
        name: 'acme',
        private: true,
        ...rest,
        dependencies: {
          semver: '^7.0.0',
          'utf-8-validate': '^6.0.0',
          'escape-html': '1.0.2',
          ...dependencies,
        },
        devDependencies: { typescript: '~5.9.0', ms: '2.1.2', ...devDependencies },
      }),
      'apps/api/package.json': JSON.stringify({
        name: '@acme/api',
        version: '0.0.1',
        dependencies: {
          '@acme/lib': link,
          'left-pad': 'file:../../vendor/left-pad-1.3.0.tgz',
          debug: '^4.3.0',
          'use-sync-external-store': '^1.2.0',
          react: '^18.2.0',
          ws: '^8.0.0',
        },
      }),
      'packages/lib/package.json': JSON.stringify({
        name: '@acme/lib',
        version: '0.0.1',
        dependencies: { '@acme/inner': link, 'is-odd': isOdd },
      }),
      'packages/lib/nested/inner/package.json': JSON.stringify({
        name: '@acme/inner',
        version: '0.0.1',
        dependencies: { ms: '2.0.0' },
        devDependencies: { typescript: '~5.9.0' },
      }),
      ...files,
    });
    mkdirSync(join(workspace, 'vendor'));
    copy(join(tools, 'left-pad-1.3.0.tgz'), join(workspace, 'vendor', 'left-pad-1.3.0.tgz'));
    run(lock, workspace);
    pruned = pruneWorkspace({
      reader: readerOf(workspace),
      packageManager: manager,
      projectRoot: 'apps/api',
      imports: [{ name: 'semver', file: 'dist/apps/api/main.js', line: 1, need: 'static' }],
    });
    writeAll(installed, Object.fromEntries(pruned.manifests.map(({ path, content }) => [path, content])));
    for (const { from, to } of pruned.manifestCopies) copy(join(workspace, from), join(installed, to));
  });

  it('its frozen installation takes the pruned workspace and changes nothing in it', () => {
    run(install, installed);
    for (const { path, content } of pruned.manifests)
      expect([path, readFileSync(join(installed, path), 'utf8')]).toEqual([path, content]);
  });

  it.each([
    ['apps/api', 'debug', /^4\./],
    ['apps/api', 'left-pad', /^1\.3\.0$/],
    ['apps/api', 'react', /^18\./],
    ['apps/api', 'semver', /^7\./],
    ['apps/api', '@acme/lib', /^0\.0\.1$/],
    ['packages/lib', '@acme/inner', /^0\.0\.1$/],
    ['packages/lib', 'is-odd', /^3\.0\.1$/],
    ['packages/lib/nested/inner', 'ms', /^2\.0\.0$/],
  ])('%s finds %s', (folder, name, version) => {
    const found = lookUp(join(installed, folder), name);
    expect(JSON.parse(readFileSync(join(found, 'package.json'), 'utf8')).version).toMatch(version);
  });

  it('has the forced version, and the patch where there is one', () => {
    const isOddFolder = realFolder(lookUp(join(installed, 'packages/lib'), 'is-odd'));
    const isNumber = lookUp(isOddFolder, 'is-number');
    expect(JSON.parse(readFileSync(join(isNumber, 'package.json'), 'utf8')).version).toBe('6.0.0');
    const patched = Object.keys(files).some((path) => path.endsWith('.patch'));
    expect(existsSync(join(isOddFolder, 'patched.txt'))).toBe(patched);
  });

  it('has nothing that only development needs, or nobody', () => {
    for (const name of ['typescript', 'npm', 'escape-html'])
      expect(existsSync(join(installed, 'node_modules', name))).toBe(false);
  });
});

/** Node's own search: the nearest node_modules upwards that has the package. */
function lookUp(folder: string, name: string): string {
  for (let at = folder; at.startsWith(area); at = dirname(at))
    if (existsSync(join(at, 'node_modules', name, 'package.json'))) return join(at, 'node_modules', name);
  throw new Error(`${folder} does not find ${name}`);
}

function realFolder(path: string): string {
  return execFileSync('realpath', [path], { encoding: 'utf8' }).trim();
}

function run([file, ...args]: readonly string[], cwd: string): void {
  const env = { ...process.env, CI: 'true', YARN_ENABLE_TELEMETRY: '0', YARN_ENABLE_HARDENED_MODE: '0' };
  const ran = spawnSync(file!, args, { cwd, env, encoding: 'utf8', timeout: 5 * 60_000 });
  if (ran.status !== 0)
    throw new Error(`${file} ${args.join(' ')} ended with ${ran.status}:\n${ran.stdout}${ran.stderr}`);
}

function readerOf(root: string): Reader {
  return {
    read: (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null),
    exists: (path) => existsSync(join(root, path)),
    list: (folder) => (existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : []),
  };
}

function writeAll(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, readFileSync(from));
}
