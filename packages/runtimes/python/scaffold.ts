import { readFileSync, readdirSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { render } from 'ejs';
import type { NewApp, NewAppRequest } from '../runtime';

/** What a new Python app is made of. */
export interface Scaffold {
  /** Folders of templates, the later one's files before the earlier one's: `app` as in `app/main.py`, `tests`, and what lies beside them. */
  readonly folders: readonly string[];
  readonly port: number;
  /** Shell command that runs the app while it is developed and starts it anew after an edit. */
  readonly serve: string;
  /** Which settings the app has beside those of every app. */
  readonly settings: { readonly worker: boolean; readonly mcp: boolean };
}

/** Templates of every Python app: settings, logs, traces, readiness. */
export const sharedTemplates = join(__dirname, 'files/shared');
/** Templates of those that answer HTTP requests under uvicorn. */
export const httpTemplates = join(__dirname, 'files/http');

/** The shell command of `serve` for an ASGI application. */
export function serveAsgi(port: number): string {
  return `.venv/bin/uvicorn app.main:app --reload --reload-dir app --port ${port}`;
}

/** A new Python app. Its packages are its own: nothing is added to the workspace's package.json. */
export function scaffold(request: NewAppRequest, { folders, port, serve, settings }: Scaffold): NewApp {
  const distribution = distributionName(request.name);
  const tools = readFileSync(join(sharedTemplates, 'tools.toml.ejs'), 'utf8').trimEnd();
  const values = { name: request.name, port, distribution, tools, ...settings };
  const contents = new Map([['project.json', json(projectJson(request, serve))]]);
  for (const folder of folders) {
    for (const template of templatesOf(folder)) {
      const text = readFileSync(join(folder, template), 'utf8');
      if (template.endsWith('.ejs')) contents.set(targetOf(template), render(text, values));
      else contents.set(template, text);
    }
  }
  contents.delete('tools.toml');
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

function templatesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .map((path) => path.split(sep).join('/'));
}

/** npm would leave a `.gitignore` out of the package, so the template has no dot. */
function targetOf(template: string): string {
  const path = template.slice(0, -'.ejs'.length);
  return path === 'gitignore' ? '.gitignore' : path;
}

/** A name that Python packaging accepts: `@acme/shop` becomes `acme-shop`. */
function distributionName(name: string): string {
  return name.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'app';
}

const python = { runtime: 'python3 --version' };
const sources = ['{projectRoot}/app/**/*.py', '{projectRoot}/tests/**/*.py', '{projectRoot}/pyproject.toml'];

function projectJson({ name, root }: NewAppRequest, serve: string): unknown {
  const up = posix.relative(root, '.') || '.';
  const checked = {
    executor: 'nx:run-commands',
    cache: true,
    dependsOn: ['install'],
    inputs: [...sources, '{projectRoot}/requirements-dev.txt', python],
  };
  return {
    name,
    $schema: `${up}/node_modules/nx/schemas/project-schema.json`,
    projectType: 'application',
    sourceRoot: `${root}/app`,
    targets: {
      install: {
        metadata: {
          description: 'Creates .venv from requirements-dev.txt; does nothing where it is up to date.',
        },
        executor: 'nx:run-commands',
        options: { command: install, cwd: '{projectRoot}' },
      },
      serve: {
        executor: 'nx:run-commands',
        continuous: true,
        dependsOn: ['install'],
        options: { command: serve, cwd: '{projectRoot}', env: { DRAIN_SECONDS: '0' } },
      },
      test: { ...checked, options: { command: '.venv/bin/python -m pytest -q', cwd: '{projectRoot}' } },
      lint: {
        ...checked,
        options: {
          commands: ['.venv/bin/ruff check .', '.venv/bin/ruff format --check .'],
          parallel: false,
          cwd: '{projectRoot}',
        },
      },
      lock: {
        metadata: {
          description:
            'Writes requirements.txt and requirements-dev.txt anew; --upgrade takes newer versions.',
        },
        executor: 'nx:run-commands',
        dependsOn: ['install'],
        options: { commands: lock, parallel: false, cwd: '{projectRoot}' },
      },
    },
  };
}

/** The copy of the lock file inside says what the environment was made from. Removing it first leaves no half-made environment. */
const install = [
  'cmp -s requirements-dev.txt .venv/requirements-dev.txt || {',
  'python3 -m venv --clear .venv &&',
  '.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt &&',
  'cp requirements-dev.txt .venv/; }',
].join(' ');

// One set of versions for every system and Python version, with hashes and without the address of an index.
const compile = [
  '.venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11',
  '--generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links',
].join(' ');
const lock = [
  '.venv/bin/python -m pip install --quiet --disable-pip-version-check uv',
  `${compile} --output-file requirements.txt`,
  `${compile} --group dev --constraint requirements.txt --output-file requirements-dev.txt`,
];

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
