import type { ProjectTargets, WorkspaceReader } from '../runtime';
import { detect } from './detect';

function workspace(files: Readonly<Record<string, string>>): WorkspaceReader {
  return {
    read: (path) => files[path] ?? null,
    exists: (path) => path in files || Object.keys(files).some((file) => file.startsWith(`${path}/`)),
    list: () => [],
  };
}

const project = (targets: ProjectTargets['targets'] = {}): ProjectTargets => ({
  name: 'web',
  root: 'apps/web',
  targets,
});
const page = { 'apps/web/index.html': '' };
const found = (targets: ProjectTargets['targets'], files: Readonly<Record<string, string>>) =>
  detect(project(targets), workspace(files))?.facts.detected?.build ?? null;

it.each<[string, ProjectTargets['targets'], Record<string, string>, string]>([
  [
    'npm create vite',
    { build: {} },
    { ...page, 'apps/web/package.json': '{"scripts":{"build":"tsc -b && vite build"}}' },
    'apps/web/dist',
  ],
  [
    'a folder in vite.config',
    { build: {} },
    { ...page, 'apps/web/vite.config.ts': "build: { outDir: '../../dist/apps/web' }" },
    'dist/apps/web',
  ],
  [
    '@nx/vite:build',
    { build: { executor: '@nx/vite:build', options: { outputPath: 'dist/web' } } },
    { ...page, 'apps/web/vite.config.ts': '' },
    'dist/web',
  ],
  [
    'outputs that the target declares',
    { build: { outputs: ['{workspaceRoot}/dist/{projectRoot}'] } },
    { ...page, 'apps/web/vite.config.mts': '' },
    'dist/apps/web',
  ],
  [
    'a static export of Next',
    { build: {} },
    { 'apps/web/next.config.mjs': "export default { output: 'export' }" },
    'apps/web/out',
  ],
  [
    'Angular',
    { build: { executor: '@angular/build:application', options: { outputPath: 'dist/web' } } },
    {},
    'dist/web/browser',
  ],
  [
    'Angular with folders of its own',
    {
      build: {
        executor: '@angular/build:application',
        options: { outputPath: { base: 'out', browser: '' } },
      },
    },
    {},
    'out',
  ],
  [
    'the older builder of Angular',
    { build: { executor: '@angular-devkit/build-angular:browser', options: { outputPath: 'dist/web' } } },
    {},
    'dist/web',
  ],
  [
    'Create React App',
    { build: {} },
    { 'apps/web/package.json': '{"scripts":{"build":"react-scripts build"}}' },
    'apps/web/build',
  ],
])('finds what %s writes', (_, targets, files, output) => {
  expect(found(targets, files)).toEqual({ target: 'build', output, main: 'index.html' });
});

it.each<[string, ProjectTargets['targets'], Record<string, string>]>([
  ['no sign of a site', { build: {} }, { 'apps/web/src/main.ts': '' }],
  ['Vite without a page', { build: {} }, { 'apps/web/vite.config.ts': '' }],
  [
    'a build of Vite for a server',
    { build: {} },
    { ...page, 'apps/web/vite.config.ts': 'build: { ssr: true }' },
  ],
  ['a library', { build: {} }, { ...page, 'apps/web/vite.config.ts': 'build: { lib: { entry: "a" } }' }],
  ['Next with a server', { build: {} }, { 'apps/web/next.config.js': 'module.exports = {}' }],
  [
    'Angular with a server',
    { build: { executor: '@angular/build:application', options: { ssr: true } } },
    {},
  ],
])('leaves %s alone', (_, targets, files) => {
  expect(found(targets, files)).toBeNull();
});

it('says in one line that nothing builds the site', () => {
  expect(() => found({}, { ...page, 'apps/web/vite.config.ts': '' })).toThrow(
    /^apps\/web: no target builds the site\./,
  );
});
