import { removeContainersOf } from './engine';
import { freshWorkspace, type Ran, type Workspace } from './workspace';

/** What people get wrong with each runtime: one clear line, a non-zero exit, and nothing left behind. */
describe('bad input to the runtimes', () => {
  let workspace: Workspace;

  beforeAll(() => void (workspace = freshWorkspace('runtimes-bad')));
  afterAll(() => {
    removeContainersOf('bad-api');
    workspace.remove();
  });

  function project(name: string, files: Readonly<Record<string, string>>): void {
    workspace.write(`apps/${name}/project.json`, JSON.stringify({ name }));
    for (const [path, content] of Object.entries(files)) workspace.write(`apps/${name}/${path}`, content);
    workspace.commit(name);
  }

  function expectLine(ran: Ran, line: RegExp): void {
    expect(ran.code).not.toBe(0);
    expect(ran.output).toMatch(line);
    expect(ran.output).not.toMatch(/^\s+at .*\.js:\d+/m);
  }

  const app = 'from fastapi import FastAPI\n\napp = FastAPI()\n';
  const manifest =
    '[project]\nname = "x"\nversion = "0.0.0"\nrequires-python = ">=3.11"\ndependencies = ["fastapi"]\n';

  it.each<[string, string, Record<string, string>, RegExp]>([
    [
      'a uv project without a lockfile',
      'no-lock',
      { 'pyproject.toml': `${manifest}\n[tool.uv]\n`, 'app/main.py': app },
      /uv lock/,
    ],
    [
      'a Poetry project without a lockfile',
      'no-poetry-lock',
      {
        'pyproject.toml':
          '[tool.poetry]\nname = "x"\nversion = "0"\n[tool.poetry.dependencies]\npython = "^3.11"\nfastapi = "*"\n',
        'app/main.py': app,
      },
      /poetry lock/,
    ],
    [
      'a Go module without go.sum',
      'no-sum',
      {
        'go.mod': 'module x\n\ngo 1.25\n\nrequire github.com/go-chi/chi/v5 v5.2.3\n',
        'main.go': 'package main\n\nfunc main() {}\n',
      },
      /go mod tidy/,
    ],
    [
      'a Vite project that nothing builds',
      'no-build',
      { 'vite.config.ts': 'export default {}\n', 'index.html': '<html></html>\n' },
      /apps\/no-build: no target builds the site\./,
    ],
  ])('refuses %s', (_, name, files, line) => {
    project(name, files);
    expectLine(workspace.nx(['g', 'toolbox:service', name, '--no-interactive']), line);
    expect(workspace.git('status', '--porcelain')).toBe('');
  });

  it('refuses a package that is not the one that was locked, in the build', () => {
    project('bad-lock', {
      'requirements.txt': `uvicorn==0.54.0 --hash=sha256:${'0'.repeat(64)}\n`,
      'app/__init__.py': '',
      'app/main.py': app,
    });
    workspace.nxOk(['g', 'toolbox:service', 'bad-lock', '--runtime=fastapi', '--no-interactive']);
    expectLine(
      workspace.nx(['docker-build', 'bad-lock']),
      /apps\/bad-lock\/requirements\.txt: the index has another file than the one that was locked/,
    );
    expect(workspace.exists('dist/images/bad-lock/image.json')).toBe(false);
  });

  it('names the entry module that is not there', () => {
    workspace.nxOk(['g', 'toolbox:service', 'bad-api', '--runtime=fastapi', '--no-interactive']);
    const file = 'apps/bad-api/toolbox.yaml';
    const description = workspace.read(file);
    workspace.write(file, description.replace('app.main:app', 'app.gone:app'));
    workspace.nxOk(['sync']);
    expectLine(
      workspace.nx(['docker-build', 'bad-api']),
      /apps\/bad-api\/toolbox\.yaml: build\.main: app\.gone:app has no file app\/gone\.py/,
    );
    workspace.write(file, description);
    workspace.nxOk(['sync']);
  });

  it('shows why an app never becomes healthy: its last lines and the check that fails', () => {
    const main = 'apps/bad-api/app/main.py';
    const source = workspace.read(main);
    workspace.write(main, `print("this app is of no use", flush=True)\nraise SystemExit(3)\n`);
    const ran = workspace.nx(['docker-run', 'bad-api', '--detach', '--port=0', '--timeout=20']);
    expectLine(ran, /bad-api stopped with exit code 3/);
    expect(ran.output).toContain('this app is of no use');
    workspace.write(
      main,
      `import asyncio\n\nprint("answers nothing", flush=True)\n\n\nasync def app(scope, receive, send):\n    await asyncio.sleep(60)\n`,
    );
    const silent = workspace.nx(['docker-run', 'bad-api', '--detach', '--port=0', '--timeout=12']);
    expectLine(silent, /bad-api (was not healthy within 12 s|is unhealthy)/);
    expect(silent.output).toContain('answers nothing');
    expect(silent.output).toContain('Its last health checks:');
    workspace.write(main, source);
  });

  it('refuses two services with one port', () => {
    workspace.nxOk(['g', 'toolbox:service', 'bad-tools', '--runtime=python', '--no-interactive']);
    const { port } = /port: (?<port>\d+)/.exec(workspace.read('apps/bad-api/toolbox.yaml'))?.groups ?? {};
    expectLine(
      workspace.nx(['g', 'toolbox:service', 'bad-tools', `--port=${port}`, '--no-interactive']),
      new RegExp(`--port: ${port} is the port of bad-api already`),
    );
  });

  it("ends the build where the proxy's configuration is wrong, with its line", () => {
    workspace.nxOk(['g', 'toolbox:service', 'bad-proxy', '--runtime=nginx', '--no-interactive']);
    const extra = 'apps/bad-proxy/nginx/extra.conf';
    workspace.write(extra, `${workspace.read(extra)}no_such_directive on;\n`);
    expectLine(
      workspace.nx(['docker-build', 'bad-proxy']),
      /apps\/bad-proxy\/nginx\/extra\.conf:2: unknown directive "no_such_directive"/,
    );
  });
});
