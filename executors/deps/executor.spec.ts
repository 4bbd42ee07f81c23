import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { logger, type ExecutorContext } from '@nx/devkit';
import deps from './executor';

let root: string;
let errors: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'toolbox-deps-'));
  errors = [];
  jest.spyOn(logger, 'error').mockImplementation((line: unknown) => void errors.push(String(line)));
  jest.spyOn(logger, 'warn').mockImplementation(() => undefined);
  jest.spyOn(logger, 'log').mockImplementation(() => undefined);
  const manifest = { name: 'acme', private: true, workspaces: ['packages/*'], dependencies: { ms: '2.1.3' } };
  const lib = {
    name: '@acme/lib',
    version: '1.0.0',
    main: 'dist/index.js',
    scripts: { postinstall: 'exit 1' },
  };
  write({
    'package.json': JSON.stringify(manifest),
    'package-lock.json': JSON.stringify({
      lockfileVersion: 3,
      packages: {
        '': manifest,
        'node_modules/@acme/lib': { resolved: 'packages/lib', link: true },
        'node_modules/ms': { version: '2.1.3', integrity: 'sha512-ms' },
        'packages/lib': lib,
      },
    }),
    'packages/lib/package.json': JSON.stringify(lib),
    'packages/lib/dist/index.js': 'module.exports = require("ms");',
    'packages/lib/dist/index.js.map': '{}',
    'packages/lib/dist/index.d.ts': '',
    'packages/lib/src/index.ts': '',
    'dist/apps/api/main.js': 'require("@acme/lib"); require("node:fs");',
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

const write = (files: Readonly<Record<string, string>>) => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
};
const run = (options = {}) =>
  deps({ output: 'dist/apps/api', main: 'main.js', ...options }, {
    root,
    projectName: '@acme/api',
    projectsConfigurations: { version: 2, projects: { '@acme/api': { root: 'apps/api' } } },
    nxJsonConfiguration: {},
  } as unknown as ExecutorContext);
const written = (folder = 'dist/deps/@acme/api') =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, folder).length + 1))
    .sort();

it('writes manifests for the installation, and the published files of workspace packages', async () => {
  expect(await run()).toEqual({ success: true });
  expect(written()).toEqual([
    'files/package.json',
    'files/packages/lib/dist/index.js',
    'files/packages/lib/package.json',
    'manifests/package-lock.json',
    'manifests/package.json',
    'manifests/packages/lib/package.json',
  ]);
  // The library leaves its own import to the root's manifest.
  const manifest = JSON.parse(readFileSync(join(root, 'dist/deps/@acme/api/manifests/package.json'), 'utf8'));
  expect(manifest).toMatchObject({ dependencies: { ms: '2.1.3' }, workspaces: ['packages/lib'] });
});

it('leaves nothing of the run before', async () => {
  await run();
  write({ 'dist/deps/@acme/api/manifests/stale': '', 'dist/apps/api/main.js': '' });
  expect(await run()).toEqual({ success: true });
  expect(written()).toEqual(['files/package.json', 'manifests/package-lock.json', 'manifests/package.json']);
});

it('leaves what was there, and no draft, where it fails', async () => {
  await run();
  const before = written();
  write({ 'dist/apps/api/main.js': 'import "nowhere";' });
  expect(await run()).toEqual({ success: false });
  expect(errors).toEqual([
    'dist/apps/api/main.js:1: imports nowhere, which is neither in package-lock.json nor a package of the workspace. Install it, or let the build bundle it',
  ]);
  expect(written()).toEqual(before);
  expect(readdirSync(join(root, 'dist/deps/@acme'))).toEqual(['api']);
});

it.each([
  [
    'a build that did not run',
    () => rmSync(join(root, 'dist/apps'), { recursive: true }),
    /^dist\/apps\/api\/main\.js: does not exist\. Run the build first/,
  ],
  [
    'a library that was not built',
    () => rmSync(join(root, 'packages/lib/dist'), { recursive: true }),
    /^packages\/lib: its entry dist\/index\.js does not exist\. Build it first/,
  ],
  [
    'a link that leaves the workspace',
    () => symlinkSync(tmpdir(), join(root, 'packages/lib/dist/out')),
    /^packages\/lib\/dist\/out: is a link that leaves the workspace/,
  ],
  [
    'no lockfile',
    () => rmSync(join(root, 'package-lock.json')),
    /^No lockfile at the workspace root\. Run npm install/,
  ],
])('says in one line: %s', async (_, spoil, message) => {
  spoil();
  expect(await run()).toEqual({ success: false });
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatch(message);
  expect(existsSync(join(root, 'dist/deps/@acme/api'))).toBe(false);
});

it('refuses an output path that leaves the workspace', async () => {
  expect(await run({ outputPath: '../out' })).toEqual({ success: false });
  expect(errors[0]).toMatch(/outputPath: \.\.\/out leaves the workspace/);
});

it('takes packages that no import shows from the option include', async () => {
  write({ 'dist/apps/api/main.js': '' });
  expect(await run({ include: ['ms'] })).toEqual({ success: true });
  expect(readFileSync(join(root, 'dist/deps/@acme/api/manifests/package-lock.json'), 'utf8')).toContain(
    'sha512-ms',
  );
});

it('names packages that may be compiled', async () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  lock.packages['node_modules/ms'].dependencies = { 'node-gyp-build': '4' };
  lock.packages['node_modules/node-gyp-build'] = { version: '4.8.4' };
  write({ 'package-lock.json': JSON.stringify(lock) });
  await run();
  expect(readFileSync(join(root, 'dist/deps/@acme/api/manifests/native-packages'), 'utf8')).toBe('ms\n');
});
