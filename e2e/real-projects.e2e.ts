import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { imageOf } from './backing-services';
import { addressOf, containersOf, docker, removeContainersOf } from './engine';
import { freshWorkspace, type Workspace } from './workspace';

/** Projects that we did not write, of runtimes besides node, each taken from its own source to healthy without an edit of it. */
let workspace: Workspace;

function run(cwd: string, file: string, ...args: readonly string[]): void {
  execFileSync(file, args, { cwd, env: workspace.env, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** The tools of a language run in the image that the service is built from, whatever this machine has. */
function inImage(image: string, folder: string, script: string): void {
  const authority = '/etc/ssl/certs/ca-certificates.crt';
  const environment = ['SSL_CERT_FILE', 'PIP_CERT'].flatMap((name) => ['--env', `${name}=/ca.pem`]);
  docker(
    'run',
    '--rm',
    '--network=host',
    `--volume=${folder}:/work`,
    '--workdir=/work',
    `--volume=${authority}:/ca.pem:ro`,
    ...environment,
    '--entrypoint=sh',
    image,
    '-euc',
    script,
  );
}

/** From its source to a healthy container. Nothing that was there is changed. */
async function startedWith(name: string): Promise<string> {
  workspace.commit(name);
  workspace.nxOk(['g', 'toolbox:service', name, '--no-interactive']);
  expect(workspace.git('status', '--porcelain', '--untracked-files=no', 'apps')).toBe('');
  workspace.nxOk(['docker-run', name, '--detach', '--port=0']);
  const [container] = containersOf(name);
  expect(container?.State.Health?.Status).toBe('healthy');
  return `http://${addressOf(container?.Id ?? '')}`;
}

const names = { vite: 'vite-site', fastapi: 'shop', go: 'podinfo' };

beforeAll(() => {
  removeContainersOf(...Object.values(names));
  workspace = freshWorkspace('projects');
});
afterAll(() => {
  removeContainersOf(...Object.values(names));
  workspace.remove();
});

it('what `npm create vite` makes is recognised, built by its own script and served', async () => {
  const app = `apps/${names.vite}`;
  const template = ['--template', 'react-ts', '--no-interactive'];
  run(workspace.root, 'npm', 'exec', '--yes', '--', 'create-vite@9.3.0', app, ...template);
  const manifest = workspace.json<Record<string, unknown>>('package.json');
  workspace.write('package.json', JSON.stringify({ ...manifest, workspaces: ['apps/*'] }, null, 2));
  run(workspace.root, 'npm', 'install', '--no-audit', '--no-fund');
  const address = await startedWith(names.vite);
  expect(workspace.read(`${app}/toolbox.yaml`)).toMatch(
    /runtime: static\n[^]*output: apps\/vite-site\/dist\n/,
  );
  const page = await fetch(`${address}/`);
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<div id="root">')]);
});

it("a FastAPI project of the public generator fastapi_template, locked by uv, answers below its routers' prefix", async () => {
  const app = `apps/${names.fastapi}`;
  const folder = join(workspace.root, 'apps');
  const venv = join(workspace.root, '.cache', 'fastapi-template');
  workspace.write('apps/.gitignore', '.venv\n');
  run(workspace.root, 'python3', '-m', 'venv', venv);
  run(workspace.root, join(venv, 'bin/pip'), 'install', '--quiet', 'fastapi-template==6.1.2', 'uv==0.11.7');
  // Its last step, a commit with hooks, needs accounts and networks that no test has; the files are there by then.
  spawnSync(
    join(venv, 'bin/python'),
    ['-m', 'fastapi_template', `--name=${names.fastapi}`, '--quiet', '--api-type=rest', '--db=none'].concat(
      '--orm=none',
      '--ci=none',
      '--routers',
    ),
    {
      cwd: folder,
      env: { ...workspace.env, PATH: `${venv}/bin:${process.env['PATH']}`, UV_PYTHON_DOWNLOADS: 'never' },
      stdio: 'ignore',
      timeout: 180_000,
    },
  );
  for (const path of ['.git', '.venv', 'Dockerfile', '.dockerignore'])
    rmSync(join(workspace.root, app, path), { recursive: true, force: true });
  workspace.write(`${app}/project.json`, JSON.stringify({ name: names.fastapi }));
  inImage(
    imageOf(workspace, 'python-3.13-slim'),
    join(workspace.root, app),
    'pip install --quiet --root-user-action=ignore uv==0.11.7 && uv lock --quiet',
  );
  const address = await startedWith(names.fastapi);
  const description = workspace.read(`${app}/toolbox.yaml`);
  expect(description).toMatch(/runtime: fastapi\n[^]*lockfile: apps\/shop\/uv\.lock\n/);
  expect(description).toContain('/api/health');
  const echo = await fetch(`${address}/api/echo/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: 'hello' }),
  });
  expect([echo.status, await echo.json()]).toEqual([200, { message: 'hello' }]);
});

it('podinfo, a Go module with many dependencies and two programs, is built from its source', async () => {
  const version = 'v1.8.1-0.20250910200901-e86405a8674e';
  const app = `apps/${names.go}`;
  workspace.write(`${app}/project.json`, JSON.stringify({ name: names.go }));
  inImage(
    imageOf(workspace, 'golang-'),
    join(workspace.root, 'apps'),
    [
      'export GOMODCACHE=/tmp/modules GOFLAGS=-modcacherw',
      `go mod download github.com/stefanprodan/podinfo@${version}`,
      `cp -r /tmp/modules/github.com/stefanprodan/podinfo@${version}/. ${names.go}/`,
      `rm ${names.go}/Dockerfile*`,
    ].join(' && '),
  );
  const address = await startedWith(names.go);
  expect(workspace.read(`${app}/toolbox.yaml`)).toMatch(/runtime: go\n[^]*main: cmd\/podinfo\n/);
  const answer = (await (await fetch(`${address}/version`)).json()) as { version: string };
  expect(answer.version).toMatch(/^\d+\.\d+\.\d+$/);
});
