import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The workspace with everything installed that the suites copy. */
export const template = join(tmpdir(), 'toolbox-e2e-template');

/** The packed plugin, made by the global set-up. */
export const tarball = join(__dirname, '..', 'tmp', 'pack', 'toolbox.tgz');

export interface Ran {
  readonly code: number | null;
  /** Standard output and error together, in the order of their arrival per stream. */
  readonly output: string;
}

export interface Workspace {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  /** Runs the workspace's own nx. Never throws on a non-zero exit. */
  nx(args: readonly string[], env?: NodeJS.ProcessEnv): Ran;
  /** Like `nx`, but a non-zero exit is an error that carries the output. */
  nxOk(args: readonly string[], env?: NodeJS.ProcessEnv): string;
  git(...args: readonly string[]): string;
  commit(message?: string): void;
  read(path: string): string;
  json<T>(path: string): T;
  write(path: string, content: string): void;
  exists(path: string): boolean;
  remove(): void;
}

/** Installs nx, the plugin and what a scaffolded node service needs. Done once per run: it takes most of a minute. */
export function installTemplate(packed: string, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify(
      {
        name: '@acme/source',
        version: '0.0.0',
        private: true,
        license: 'UNLICENSED',
        devDependencies: {
          nx: '24.0.0',
          '@nx/devkit': '24.0.0',
          typescript: '6.0.3',
          toolbox: `file:${packed}`,
        },
      },
      null,
      2,
    ) + '\n',
  );
  writeFileSync(
    join(folder, 'nx.json'),
    JSON.stringify({ neverConnectToCloud: true, analytics: false }, null, 2) + '\n',
  );
  writeFileSync(join(folder, '.gitignore'), 'node_modules\ndist\n.nx\n.cache\n');
  execFileSync('npm', ['install', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** A fresh copy of the template in a folder of its own, as a git repository with one commit. */
export function freshWorkspace(name: string): Workspace {
  const root = mkdtempSync(join(tmpdir(), `toolbox-e2e-${name}-`));
  cpSync(template, root, { recursive: true, verbatimSymlinks: true });
  const workspace = openWorkspace(root);
  workspace.git('init', '-q', '-b', 'main');
  workspace.commit('start');
  return workspace;
}

/** A workspace that is there already, e.g. a clone. `cache` is the folder of Nx's task cache. */
export function openWorkspace(root: string, cache = join(root, '.cache', 'nx')): Workspace {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    CI: 'true',
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    NX_NO_CLOUD: 'true',
    NX_CACHE_DIRECTORY: cache,
    NX_WORKSPACE_DATA_DIRECTORY: join(root, '.cache', 'nx-data'),
    NX_SKIP_NX_CACHE: undefined,
    FORCE_COLOR: '0',
    GIT_AUTHOR_NAME: 'e2e',
    GIT_AUTHOR_EMAIL: 'e2e@example.com',
    GIT_COMMITTER_NAME: 'e2e',
    GIT_COMMITTER_EMAIL: 'e2e@example.com',
  };
  delete env['JEST_WORKER_ID'];
  delete env['NODE_ENV'];
  const workspace: Workspace = {
    root,
    env,
    nx(args, extra = {}) {
      const ran = spawnSync(
        process.execPath,
        [join(root, 'node_modules', 'nx', 'dist', 'bin', 'nx.js'), ...args],
        {
          cwd: root,
          env: { ...env, ...extra },
          encoding: 'utf8',
          maxBuffer: 256 * 1024 * 1024,
          timeout: 15 * 60_000,
        },
      );
      return { code: ran.status, output: `${ran.stdout}${ran.stderr}${ran.error ? ran.error.message : ''}` };
    },
    nxOk(args, extra = {}) {
      const ran = workspace.nx(args, extra);
      if (ran.code !== 0) throw new Error(`nx ${args.join(' ')} ended with ${ran.code}:\n${ran.output}`);
      return ran.output;
    },
    git: (...args) => execFileSync('git', args, { cwd: root, env, encoding: 'utf8' }),
    commit(message = 'work') {
      workspace.git('add', '-A');
      workspace.git('commit', '-q', '--allow-empty', '-m', message);
    },
    read: (path) => readFileSync(join(root, path), 'utf8'),
    json: (path) => JSON.parse(readFileSync(join(root, path), 'utf8')),
    write(path, content) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    },
    exists: (path) => existsSync(join(root, path)),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
  return workspace;
}
