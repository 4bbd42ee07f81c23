import type { ProjectTargets } from '../../runtime';
import { projectOf, workspaceOf } from '../fixture-workspace';
import { readBuild } from './read-build';

type Target = ProjectTargets['targets'][string];
type Expected = readonly [output: string, main: string, dependencies: 'bundled' | 'pruned'];

function build(target: Target, files: Record<string, string> = {}, name = 'build') {
  const workspace = workspaceOf({ 'apps/api/src/main.ts': '', ...files });
  return readBuild(projectOf({ [name]: target }), workspace);
}

function expectFound(
  target: Target,
  files: Record<string, string>,
  [output, main, dependencies]: Expected,
): void {
  expect(build(target, files)).toEqual({
    kind: 'found',
    build: { target: 'build', output, main, dependencies },
  });
}

const entry = { outputPath: 'dist/apps/api', main: 'apps/api/src/main.ts' };

describe('@nx/esbuild', () => {
  it.each<[string, object, Expected]>([
    ['its defaults', {}, ['dist/apps/api', 'main.js', 'pruned']],
    [
      'everything in one file',
      { thirdParty: true, format: ['cjs'] },
      ['dist/apps/api', 'main.cjs', 'bundled'],
    ],
    ['an external package', { thirdParty: true, external: ['pg'] }, ['dist/apps/api', 'main.js', 'pruned']],
    [
      'a configuration of its own',
      { thirdParty: true, esbuildConfig: 'x.js' },
      ['dist/apps/api', 'main.js', 'pruned'],
    ],
    ['no bundle', { thirdParty: true, bundle: false }, ['dist/apps/api', 'main.js', 'pruned']],
    ['another file name', { outputFileName: 'server.js' }, ['dist/apps/api', 'server.js', 'pruned']],
    [
      'another extension',
      { esbuildOptions: { outExtension: { '.js': '.mjs' } } },
      ['dist/apps/api', 'main.mjs', 'pruned'],
    ],
  ])('%s', (_, options, expected) => {
    expectFound({ executor: '@nx/esbuild:esbuild', options: { ...entry, ...options } }, {}, expected);
  });

  it('takes the options of the default configuration', () => {
    const target = {
      executor: '@nx/esbuild:esbuild',
      options: entry,
      configurations: { production: { thirdParty: true, outputPath: 'out/api' } },
      defaultConfiguration: 'production',
    };
    expectFound(target, {}, ['out/api', 'main.js', 'bundled']);
  });
});

describe('webpack and rspack', () => {
  const inferred = (command: string) => ({
    executor: 'nx:run-commands',
    options: { cwd: 'apps/api', command },
    outputs: ['{workspaceRoot}/dist/apps/api'],
  });

  it.each<[string, Target, Record<string, string>, Expected]>([
    [
      'executor',
      { executor: '@nx/webpack:webpack', options: entry },
      {},
      ['dist/apps/api', 'main.js', 'pruned'],
    ],
    [
      'executor with all packages inside',
      { executor: '@nx/webpack:webpack', options: { ...entry, externalDependencies: 'none' } },
      {},
      ['dist/apps/api', 'main.js', 'bundled'],
    ],
    [
      'executor with externals in its configuration',
      {
        executor: '@nx/webpack:webpack',
        options: { ...entry, externalDependencies: 'none', webpackConfig: 'apps/api/w.js' },
      },
      { 'apps/api/w.js': 'module.exports = { externals: [/^pg/] }' },
      ['dist/apps/api', 'main.js', 'pruned'],
    ],
    [
      'inferred target',
      inferred('webpack-cli build'),
      { 'apps/api/webpack.config.js': `output: { path: join(__dirname, '../../dist/other') }` },
      ['dist/other', 'main.js', 'pruned'],
    ],
    [
      'inferred target with all packages inside',
      inferred('webpack-cli build'),
      {
        'apps/api/webpack.config.js': `new NxAppWebpackPlugin({ externalDependencies: 'none', outputFileName: 'api.js' })`,
      },
      ['dist/apps/api', 'api.js', 'bundled'],
    ],
    [
      'rspack executor',
      { executor: '@nx/rspack:rspack', options: entry },
      {},
      ['dist/apps/api', 'main.js', 'pruned'],
    ],
    [
      'inferred rspack',
      inferred('rspack build'),
      { 'apps/api/rspack.config.js': '' },
      ['dist/apps/api', 'main.js', 'pruned'],
    ],
  ])('%s', (_, target, files, expected) => expectFound(target, files, expected));
});

describe('Vite', () => {
  const inferred = { executor: 'nx:run-commands', options: { cwd: 'apps/api', command: 'vite build' } };
  it.each<[string, Target, Record<string, string>, Expected]>([
    [
      'executor',
      { executor: '@nx/vite:build', options: { outputPath: 'dist/apps/api' } },
      { 'apps/api/vite.config.ts': `build: { ssr: 'src/server.ts' }` },
      ['dist/apps/api', 'server.mjs', 'pruned'],
    ],
    [
      'inferred target with all packages inside',
      inferred,
      {
        'apps/api/vite.config.ts': `build: { outDir: '../../dist/apps/api', ssr: true }, ssr: { noExternal: true }`,
      },
      ['dist/apps/api', 'main.mjs', 'bundled'],
    ],
    [
      'a package of type module',
      inferred,
      {
        'apps/api/vite.config.mts': `build: { ssr: 'src/main.ts' }`,
        'apps/api/package.json': '{"type":"module"}',
      },
      ['apps/api/dist', 'main.js', 'pruned'],
    ],
  ])('%s', (_, target, files, expected) => expectFound(target, files, expected));
});

describe('compilers', () => {
  it.each<[string, Target, Expected]>([
    ['tsc', { executor: '@nx/js:tsc', options: entry }, ['dist/apps/api', 'src/main.js', 'pruned']],
    [
      'swc',
      { executor: '@nx/js:swc', options: { ...entry, stripLeadingPaths: true } },
      ['dist/apps/api', 'main.js', 'pruned'],
    ],
    [
      'tsc with a root',
      { executor: '@nx/js:tsc', options: { ...entry, rootDir: '.' } },
      ['dist/apps/api', 'apps/api/src/main.js', 'pruned'],
    ],
  ])('%s', (_, target, expected) => expectFound(target, {}, expected));
});

describe('commands and npm scripts', () => {
  const script = (outputs?: string[]) => ({
    executor: 'nx:run-script',
    options: { script: 'build' },
    ...(outputs ? { outputs } : {}),
  });
  it.each<[string, Target, Record<string, string>, Expected]>([
    [
      'esbuild in one command',
      {
        executor: 'nx:run-commands',
        options: { command: 'esbuild apps/api/src/main.ts --bundle --outfile=dist/apps/api/main.cjs' },
      },
      {},
      ['dist/apps/api', 'main.cjs', 'bundled'],
    ],
    [
      'esbuild that leaves packages outside',
      {
        executor: 'nx:run-commands',
        options: {
          command: 'esbuild src/main.ts --bundle --packages=external --outfile=../../dist/api.js',
          cwd: 'apps/api',
        },
      },
      {},
      ['dist', 'api.js', 'pruned'],
    ],
    [
      'a script whose start names the file',
      script(),
      {
        'apps/api/package.json':
          '{"scripts":{"build":"nest build","start:prod":"node --enable-source-maps dist/src/main"}}',
      },
      ['apps/api/dist', 'src/main.js', 'pruned'],
    ],
    [
      'a script whose package names the file',
      script(),
      { 'apps/api/package.json': '{"main":"build/server.js","scripts":{"build":"tsc"}}' },
      ['apps/api/build', 'server.js', 'pruned'],
    ],
    [
      'a compiler whose configuration names the folder',
      script(),
      {
        'apps/api/package.json': '{"scripts":{"build":"tsc -p tsconfig.build.json"}}',
        'apps/api/tsconfig.build.json': '{"compilerOptions":{"outDir":"./lib"}}',
      },
      ['apps/api/lib', 'main.js', 'pruned'],
    ],
    [
      'declared outputs',
      script(['{projectRoot}/out']),
      { 'apps/api/package.json': '{"scripts":{"build":"make"}}' },
      ['apps/api/out', 'main.js', 'pruned'],
    ],
    [
      'several commands',
      {
        executor: 'nx:run-commands',
        options: { commands: ['rm -rf out', { command: 'tsc --outDir out' }], cwd: '{projectRoot}' },
      },
      {},
      ['apps/api/out', 'main.js', 'pruned'],
    ],
  ])('%s', (_, target, files, expected) => expectFound(target, files, expected));

  it.each([['{workspaceRoot}'], ['{projectRoot}/../../..'], ['{options.unknown}'], ['{projectRoot}/*.js']])(
    'does not take the output %s',
    (output) => {
      const files = { 'apps/api/package.json': '{"scripts":{"build":"make"}}' };
      expect(build(script([output]), files)).toEqual({ kind: 'unclear', target: 'build' });
    },
  );

  it('does not take a folder outside of the workspace', () => {
    const target = { executor: 'nx:run-commands', options: { command: 'tsc --outDir ../elsewhere' } };
    expect(build(target)).toEqual({ kind: 'unclear', target: 'build' });
  });
});

it('a target of another name is found by its build tool', () => {
  const target = { executor: '@nx/esbuild:esbuild', options: entry };
  expect(build(target, {}, 'compile')).toMatchObject({ kind: 'found', build: { target: 'compile' } });
});

it('a target that does nothing builds nothing', () => {
  expect(build({ executor: 'nx:noop' })).toEqual({ kind: 'none' });
});
