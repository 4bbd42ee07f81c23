import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { NewApp, NewAppRequest } from '../runtime';
import { defaults } from './defaults';
import { renderTemplate } from './template';

const folder = join(__dirname, 'files/app');

/** A service on Go's own net/http, a module of its own: nothing is added to the workspace's package.json. */
export function newApp(request: NewAppRequest): NewApp {
  const values = {
    name: request.name,
    module: moduleName(request.name),
    port: request.port ?? defaults.port,
  };
  const contents = new Map([['project.json', json(projectJson(request))]]);
  for (const template of readdirSync(folder)) {
    if (template.endsWith('.ejs'))
      contents.set(template.slice(0, -'.ejs'.length), renderTemplate(`app/${template}`, values));
    else contents.set(template, readFileSync(join(folder, template), 'utf8'));
  }
  return {
    files: [...contents]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, content]) => ({
        path: posix.join(request.root, path),
        content,
        ownership: 'scaffolded',
      })),
    dependencies: {},
    devDependencies: {},
  };
}

/** A name that Go takes for a module: `@acme/shop` becomes `acme/shop`. */
function moduleName(name: string): string {
  return name.replace(/^@/, '').replace(/[^A-Za-z0-9/._-]+/g, '-');
}

/** No target builds: the program is compiled where its image is, by one version of Go for everybody. */
function projectJson({ name, root }: NewAppRequest): unknown {
  const up = posix.relative(root, '.') || '.';
  const checked = {
    executor: 'nx:run-commands',
    cache: true,
    inputs: [
      '{projectRoot}/**/*.go',
      '{projectRoot}/go.mod',
      '{projectRoot}/go.sum',
      { runtime: 'go version' },
    ],
  };
  return {
    name,
    $schema: `${up}/node_modules/nx/schemas/project-schema.json`,
    projectType: 'application',
    sourceRoot: root,
    targets: {
      serve: {
        executor: 'nx:run-commands',
        continuous: true,
        options: { command: 'go run .', cwd: '{projectRoot}', env: { DRAIN_SECONDS: '0' } },
      },
      test: { ...checked, options: { command: 'go test ./...', cwd: '{projectRoot}' } },
      lint: {
        ...checked,
        options: {
          commands: ['go vet ./...', 'test -z "$(gofmt -l . | tee /dev/stderr)"'],
          parallel: false,
          cwd: '{projectRoot}',
        },
      },
    },
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
