import { posix } from 'node:path';
import type { RenderedFile } from '../../files/types';
import type { NewApp, NewAppRequest } from '../runtime';
import { defaults } from './defaults';
import { renderTemplate } from './template';

const sources = [
  'app.test.ts',
  'app.ts',
  'config.test.ts',
  'config.ts',
  'health.ts',
  'logging.ts',
  'main.ts',
  'metrics.ts',
  'readiness.test.ts',
  'shutdown.ts',
  'tracing.ts',
];

/**
 * A Fastify service in TypeScript, built into one file. It has no package.json of its own: its packages are the
 * workspace's, which works alike with npm, pnpm and yarn, and one lockfile entry serves all apps.
 */
export function newApp(request: NewAppRequest): NewApp {
  const values = { name: request.name, port: request.port ?? defaults.port };
  const files = [
    ...sources.map((name) => file(`src/${name}`, renderTemplate(`app/src/${name}.ejs`, values))),
    file('project.json', json(projectJson(request))),
    file('tsconfig.json', json(tsconfig(request))),
  ];
  return {
    files: files.map(({ path, content }) => ({
      path: posix.join(request.root, path),
      content,
      ownership: 'scaffolded',
    })),
    dependencies: { fastify: '^5.8.0', 'prom-client': '^15.1.3' },
    devDependencies: {
      '@types/node': '^24.0.0',
      esbuild: '^0.28.0',
      oxlint: '^1.94.0',
      tsx: '^4.21.0',
      typescript: '~6.0.3',
    },
  };
}

function projectJson({ name, root, tsconfigBase }: NewAppRequest): unknown {
  const up = posix.relative(root, '.') || '.';
  const sharedInputs = tsconfigBase ? [`{workspaceRoot}/${tsconfigBase}`] : [];
  const main = `${root}/src/main.ts`;
  // Comments and legal texts are left out, so that an edit of a comment leaves the bundle as it is. The map is for
  // debugging; it is no part of the image.
  const build = [
    `esbuild ${main} --bundle --platform=node --target=node20 --format=cjs --legal-comments=none`,
    `--sourcemap=external --log-level=warning --outfile=dist/${root}/main.cjs`,
  ];
  return {
    name,
    $schema: `${up}/node_modules/nx/schemas/project-schema.json`,
    projectType: 'application',
    sourceRoot: `${root}/src`,
    targets: {
      build: {
        executor: 'nx:run-commands',
        cache: true,
        dependsOn: ['^build'],
        inputs: [
          '{projectRoot}/src/**/*',
          '!{projectRoot}/src/**/*.test.ts',
          '{projectRoot}/tsconfig.json',
          ...sharedInputs,
          '^default',
        ],
        outputs: [`{workspaceRoot}/dist/{projectRoot}`],
        options: { command: build.join(' ') },
      },
      serve: {
        executor: 'nx:run-commands',
        continuous: true,
        options: { command: 'tsx watch --clear-screen=false src/main.ts', cwd: '{projectRoot}' },
      },
      test: {
        executor: 'nx:run-commands',
        cache: true,
        inputs: ['default', ...sharedInputs, '^default'],
        options: { command: 'node --import tsx --test src/*.test.ts', cwd: '{projectRoot}' },
      },
      lint: {
        executor: 'nx:run-commands',
        cache: true,
        inputs: ['default'],
        options: { command: 'oxlint --deny-warnings', cwd: '{projectRoot}' },
      },
      typecheck: {
        executor: 'nx:run-commands',
        cache: true,
        inputs: ['default', ...sharedInputs, '^default'],
        options: { command: 'tsc --noEmit --project tsconfig.json', cwd: '{projectRoot}' },
      },
    },
  };
}

/** Complete in itself, whatever the workspace's own base says; that one only brings its path aliases. */
function tsconfig({ root, tsconfigBase }: NewAppRequest): unknown {
  return {
    ...(tsconfigBase ? { extends: posix.relative(root, tsconfigBase) } : {}),
    compilerOptions: {
      target: 'es2022',
      lib: ['es2023'],
      module: 'preserve',
      moduleResolution: 'bundler',
      types: ['node'],
      strict: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: true,
      noEmit: true,
      composite: false,
      incremental: false,
      importHelpers: false,
      declaration: false,
      declarationMap: false,
      emitDeclarationOnly: false,
    },
    include: ['src/**/*.ts'],
  };
}

function file(path: string, content: string): Pick<RenderedFile, 'path' | 'content'> {
  return { path, content };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
