import { readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { NewApp, NewAppRequest } from '../runtime';
import { defaults } from './defaults';
import { renderTemplate } from './template';

const folder = join(__dirname, 'files/app');
const ending = '.ejs';

/**
 * A dashboard with Vite, React and TypeScript. It has no package.json of its own: its packages are the workspace's, which works alike with npm,
 * pnpm and yarn.
 */
export function newApp(request: NewAppRequest): NewApp {
  const values = {
    name: request.name,
    port: request.port ?? defaults.port,
    root: request.root,
    up: upOf(request),
  };
  const templates = (readdirSync(folder, { recursive: true }) as string[])
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith(ending));
  const files = [
    ...templates.map(
      (path) => [path.slice(0, -ending.length), renderTemplate(`app/${path}`, values)] as const,
    ),
    ['project.json', json(projectJson(request))] as const,
    ['tsconfig.json', readFileSync(join(folder, 'tsconfig.json'), 'utf8')] as const,
  ];
  return {
    files: files
      .map(([path, content]) => ({
        path: posix.join(request.root, path),
        content,
        ownership: 'scaffolded' as const,
      }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
    dependencies: { react: '^19.2.0', 'react-dom': '^19.2.0' },
    devDependencies: {
      '@types/react': '^19.2.0',
      '@types/react-dom': '^19.2.0',
      '@vitejs/plugin-react': '^5.1.0',
      oxlint: '^1.94.0',
      typescript: '~6.0.3',
      vite: '^7.2.0',
      vitest: '^4.0.0',
    },
  };
}

function projectJson(request: NewAppRequest): unknown {
  const sources = [
    '{projectRoot}/src/**/*',
    '{projectRoot}/index.html',
    '{projectRoot}/public/**/*',
    '{projectRoot}/*.config.ts',
    '{projectRoot}/tsconfig.json',
  ];
  const run = (command: string) => ({
    executor: 'nx:run-commands',
    options: { command, cwd: '{projectRoot}' },
  });
  const cached = (command: string) => ({ ...run(command), cache: true, inputs: [...sources, '^default'] });
  return {
    name: request.name,
    $schema: `${upOf(request)}/node_modules/nx/schemas/project-schema.json`,
    projectType: 'application',
    sourceRoot: `${request.root}/src`,
    targets: {
      build: {
        ...cached('vite build'),
        dependsOn: ['^build'],
        outputs: ['{workspaceRoot}/dist/{projectRoot}'],
      },
      serve: { ...run('vite'), continuous: true },
      test: cached('vitest run'),
      lint: cached('oxlint --deny-warnings'),
      typecheck: cached('tsc --noEmit --project tsconfig.json'),
    },
  };
}

function upOf({ root }: NewAppRequest): string {
  return posix.relative(root, '.') || '.';
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
