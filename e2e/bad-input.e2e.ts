import { execFileSync, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { existsSync, mkdirSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { docker, removeContainersOf, removeImagesNamed } from './engine';
import { freshWorkspace, type Ran, type Workspace } from './workspace';

/** Bad input: one clear line each (where, what, what to do), a non-zero exit, and nothing left behind. */
describe('bad input', () => {
  let workspace: Workspace;

  beforeAll(() => {
    removeContainersOf('api-bad');
    workspace = freshWorkspace('bad');
    workspace.nxOk(['g', 'toolbox:service', 'api-bad', '--no-interactive']);
    workspace.commit('service');
  });
  afterAll(() => {
    removeContainersOf('api-bad');
    workspace.remove();
  });
  afterEach(() => {
    workspace.git('checkout', '-q', '.');
    workspace.git('clean', '-qfd', '-e', 'dist');
  });

  /** Fails with a line that says all of `parts`, shows no stack trace, and leaves no file behind. */
  function expectRefused(ran: Ran, ...parts: readonly RegExp[]): void {
    expect(ran.code).not.toBe(0);
    const lines = ran.output.split('\n').filter((line) => parts.every((part) => part.test(line)));
    if (lines.length === 0) throw new Error(`no line has all of ${parts.join(' ')} in:\n${ran.output}`);
    expect(ran.output).not.toMatch(/^\s+at .*\(?(node:|\/).*:\d+:\d+\)?$/m);
  }
  const generate = (...args: readonly string[]) =>
    workspace.nx(['g', 'toolbox:service', ...args, '--no-interactive']);
  const build = () => workspace.nx(['docker-build', 'api-bad', '--skip-nx-cache']);
  const edit = (path: string, change: (text: string) => string) =>
    workspace.write(path, change(workspace.read(path)));

  describe('of a generator, which then writes nothing', () => {
    afterEach(() => expect(workspace.git('status', '--porcelain')).toBe(''));

    it.each<[string, readonly string[], readonly RegExp[]]>([
      ['a name that is none', ['Not A Name!'], [/Not A Name!/]],
      ['a port out of range', ['other', '--port=70000'], [/port/, /70000/, /65535/]],
      ['a port that another service has', ['other', '--port=3000'], [/port/, /3000/, /api-bad/]],
      ['a user id below 1001', ['other', '--uid=0'], [/uid/, /1001/]],
      ['an unknown runtime', ['other', '--runtime=cobol'], [/cobol/, /node/]],
      ['an unknown base', ['other', '--base=windows'], [/windows|base/]],
      ['a folder outside the workspace', ['other', '--directory=../../outside'], [/outside/]],
    ])('%s', (_, args, parts) => expectRefused(generate(...args), ...parts));
  });

  it('refuses a name whose folder holds something else', () => {
    workspace.write('apps/taken/notes.txt', 'mine\n');
    expectRefused(generate('taken'), /apps\/taken/);
    expect(workspace.git('status', '--porcelain').trim()).toBe('?? apps/taken/');
    expect(workspace.read('apps/taken/notes.txt')).toBe('mine\n');
  });

  it('refuses a project that nothing builds', () => {
    workspace.write('apps/plain/project.json', JSON.stringify({ name: 'plain', root: 'apps/plain' }));
    workspace.write(
      'apps/plain/src/main.ts',
      'import http from "node:http";\nhttp.createServer().listen(3000);\n',
    );
    expectRefused(generate('plain'), /plain/, /build/);
    expect(existsSync(join(workspace.root, 'apps/plain/toolbox.yaml'))).toBe(false);
  });

  it.each<[string, (text: string) => string, readonly RegExp[]]>([
    ['an unknown key', (text) => `${text}prot: 3000\n`, [/apps\/api-bad\/toolbox\.yaml/, /prot/, /port/]],
    [
      'a wrong type',
      (text) => text.replace(/^port: .*$/m, 'port: many'),
      [/apps\/api-bad\/toolbox\.yaml/, /port/],
    ],
    ['YAML that does not parse', (text) => `${text}port: [\n`, [/apps\/api-bad\/toolbox\.yaml/]],
  ])('names file and key of a toolbox.yaml with %s', (_, change, parts) => {
    edit('apps/api-bad/toolbox.yaml', change);
    expectRefused(generate('api-bad'), ...parts);
    expectRefused(build(), ...parts);
  });

  it('reports a hand-edited Dockerfile in conflict with its lines, and leaves it as it is', () => {
    edit('apps/api-bad/Dockerfile', (text) => text.replace(/^EXPOSE .*$/m, 'EXPOSE 1234'));
    const edited = workspace.read('apps/api-bad/Dockerfile');
    expectRefused(generate('api-bad', '--port=3456'), /apps\/api-bad\/Dockerfile:\d+/, /--force/);
    expect(workspace.read('apps/api-bad/Dockerfile')).toBe(edited);
    expect(workspace.nx(['sync:check']).code).toBe(0);
    workspace.nxOk(['g', 'toolbox:service', 'api-bad', '--port=3456', '--force', '--no-interactive']);
    expect(workspace.read('apps/api-bad/Dockerfile')).toContain('EXPOSE 3456');
  });

  it('shows a failing build of the app, and leaves no image', () => {
    edit('apps/api-bad/src/main.ts', (text) => `${text}\nthis is not TypeScript;\n`);
    expectRefused(build(), /main\.ts/);
    expect(existsSync(join(workspace.root, 'dist/images/api-bad/image.json'))).toBe(false);
  });

  it('names the line of the Dockerfile whose step fails, and leaves no image', () => {
    edit('apps/api-bad/Dockerfile', (text) => text.replace(/^FROM scratch.*$/m, 'RUN exit 7\n$&'));
    expectRefused(build(), /apps\/api-bad\/Dockerfile/, /RUN exit 7|:\d+|exit code: 7/);
    expect(existsSync(join(workspace.root, 'dist/images/api-bad/image.json'))).toBe(false);
  });

  it('says that no engine answers, and what to do', () => {
    const ran = workspace.nx(['docker-build', 'api-bad', '--skip-nx-cache'], {
      DOCKER_HOST: 'unix:///nowhere/docker.sock',
    });
    expectRefused(ran, /engine|[Dd]ocker/, /nowhere|running|answer/);
    const missing = workspace.nx(['docker-build', 'api-bad', '--skip-nx-cache'], {
      PATH: join(process.execPath, '..') === '/usr/bin' ? '/nonexistent' : join(process.execPath, '..'),
    });
    expectRefused(missing, /[Dd]ocker/, /not found|[Ii]nstall/);
    expect(existsSync(join(workspace.root, 'dist/images/api-bad/image.json'))).toBe(false);
  });

  it('fails an image over its budget, with the largest files', () => {
    workspace.nxOk(['docker-build', 'api-bad']);
    edit('apps/api-bad/toolbox.yaml', (text) => `${text.replace(/^budget:.*\n/m, '')}budget: 20MB\n`);
    const ran = workspace.nx(['docker-size-check', 'api-bad']);
    expectRefused(ran, /over the budget of 20MB/);
    expect(ran.output).toContain('usr/local/bin/node');
  });

  it('finds a corrupted layout, and says what to do', () => {
    workspace.nxOk(['docker-build', 'api-bad']);
    const blobs = join(workspace.root, 'dist/images/api-bad/blobs/sha256');
    for (const blob of readdirSync(blobs)) truncateSync(join(blobs, blob), 3);
    const options = ['run', 'api-bad:docker-size-check', '--exclude-task-dependencies', '--skip-nx-cache'];
    expectRefused(workspace.nx(options), /dist\/images\/api-bad/, /corrupted/, /docker-build/);
    removeImagesNamed('*/api-bad');
    expectRefused(
      workspace.nx(['run', 'api-bad:docker-load', '--exclude-task-dependencies']),
      /dist\/images\/api-bad/,
      /corrupted/,
    );
  });

  it('says which port is taken', async () => {
    const server: Server = createServer();
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      }),
    );
    try {
      // The server lives in this process, which nx() blocks: the port is bound all the same.
      expectRefused(
        workspace.nx(['docker-run', 'api-bad', '--detach', `--port=${port}`]),
        new RegExp(String(port)),
        /use|taken/,
      );
      expect(docker('ps', '-aq', '--filter', 'label=io.toolbox.project=api-bad')).toBe('');
    } finally {
      server.close();
    }
  });

  it('shows the last lines of an app that never becomes healthy, and removes its container', () => {
    edit(
      'apps/api-bad/src/main.ts',
      () => 'console.log("I will not listen"); setInterval(() => undefined, 1000);\n',
    );
    const ran = workspace.nx(['docker-run', 'api-bad', '--detach', '--timeout=15']);
    expectRefused(ran, /health/);
    expect(ran.output).toContain('I will not listen');
  });

  it('says that the disk is full, and leaves no image', () => {
    // A file system of its own for the images, too small for one: mounting asks for root, which tools/engine asks for too.
    const images = join(workspace.root, 'dist/images');
    rmSync(images, { recursive: true, force: true });
    mkdirSync(images, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', images]);
    try {
      expectRefused(build(), /dist\/images\/api-bad|disk|space/, /no space left|disk is full/i);
      expect(existsSync(join(images, 'api-bad/image.json'))).toBe(false);
    } finally {
      execFileSync('umount', [images]);
    }
  });

  it('survives an engine that goes away during the build', async () => {
    edit('apps/api-bad/Dockerfile', (text) => text.replace(/^FROM scratch.*$/m, 'RUN sleep 30\n$&'));
    const child = spawn(
      process.execPath,
      [join(workspace.root, 'node_modules/nx/dist/bin/nx.js'), 'docker-build', 'api-bad', '--skip-nx-cache'],
      { cwd: workspace.root, env: workspace.env },
    );
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => {
      const timer = setInterval(() => {
        if (!output.includes('sleep 30')) return;
        clearInterval(timer);
        // The client's connection is what the engine's death looks like to us; killing the shared engine would fail every other suite.
        spawn('pkill', ['-KILL', '-f', 'docker-buildx (buildx )?build.*api-bad']);
      }, 300);
      child.once('exit', (status) => {
        clearInterval(timer);
        resolve(status);
      });
    });
    expect(code).not.toBe(0);
    expect(existsSync(join(workspace.root, 'dist/images/api-bad/image.json'))).toBe(false);
  });
});
