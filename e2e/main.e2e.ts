import { addressOf, containersOf, docker, removeContainersOf } from './engine';
import { freshWorkspace, type Ran, type Workspace } from './workspace';

/**
 * The main job: a new service from `nx g toolbox:service api` to a healthy container, and what a change rebuilds.
 * The tests build on each other, in order, in one workspace: that is how a user works.
 */
describe('a new node service, from the generator to a healthy container', () => {
  let workspace: Workspace;

  beforeAll(() => {
    removeContainersOf('api');
    workspace = freshWorkspace('main');
  });
  afterAll(() => {
    removeContainersOf('api');
    workspace.remove();
  });

  const imageDigest = () => workspace.json<{ digest: string }>('dist/images/api/image.json').digest;
  const wasCached = (ran: Ran, task: string) =>
    ran.output
      .split('\n')
      .some(
        (line) =>
          line.includes(task) && /(local cache|existing outputs match the cache|remote cache)/.test(line),
      );
  const build = () => {
    const ran = workspace.nx(['docker-build', 'api']);
    expect(ran).toMatchObject({ code: 0 });
    return ran;
  };

  it('scaffolds the service and everything it needs', () => {
    workspace.nxOk(['g', 'toolbox:service', 'api', '--no-interactive']);
    for (const file of [
      'toolbox.yaml',
      'Dockerfile',
      'Dockerfile.dockerignore',
      'src/main.ts',
      'project.json',
    ]) {
      expect([file, workspace.exists(`apps/api/${file}`)]).toEqual([file, true]);
    }
    workspace.commit('api');
  });

  it('changes nothing when it is run again', () => {
    workspace.nxOk(['g', 'toolbox:service', 'api', '--no-interactive']);
    expect(workspace.git('status', '--porcelain')).toBe('');
    workspace.nxOk(['sync:check']);
  });

  it("builds and passes the new app's own tests and type check", () => {
    workspace.nxOk(['run-many', '-t', 'build', 'test', 'lint', 'typecheck', '-p', 'api']);
  });

  it('infers targets that explain themselves', () => {
    const project = JSON.parse(workspace.nxOk(['show', 'project', 'api', '--json'])) as {
      targets: Record<
        string,
        { cache?: boolean; metadata?: { description?: string; technologies?: string[] } }
      >;
    };
    for (const target of ['docker-build', 'docker-load', 'docker-run', 'docker-size-check']) {
      expect([target, project.targets[target]?.metadata?.description]).toEqual([
        target,
        expect.stringMatching(/\w{3}/),
      ]);
      expect(project.targets[target]?.metadata?.technologies ?? []).not.toContain('docker');
    }
    expect(project.targets['docker-build']?.cache).toBe(true);
    expect(project.targets['docker-load']?.cache ?? false).toBe(false);
  });

  it('builds an image and describes it', () => {
    build();
    const record = workspace.json<Record<string, unknown>>('dist/images/api/image.json');
    expect(record).toMatchObject({
      project: 'api',
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      configDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      platforms: ['linux/amd64'],
      base: { name: 'scratch' },
    });
  });

  it('is under its budget, and says what is in the image', () => {
    const output = workspace.nxOk(['docker-size-check', 'api']);
    expect(output).toMatch(/200 ?MB/);
    expect(output).toContain('usr/local/bin/node');
  });

  it('runs healthy, read-only, as uid 1001, without capabilities', async () => {
    workspace.nxOk(['docker-run', 'api', '--detach']);
    const [container] = containersOf('api');
    expect(container?.State.Health?.Status).toBe('healthy');
    expect(container?.HostConfig).toMatchObject({
      ReadonlyRootfs: true,
      Privileged: false,
      CapDrop: ['ALL'],
    });
    expect(container?.HostConfig.CapAdd ?? []).toEqual([]);
    expect(container?.HostConfig.SecurityOpt).toEqual(
      expect.arrayContaining([expect.stringContaining('no-new-privileges')]),
    );
    expect(container?.Config.User).toBe('1001:1001');
    const address = addressOf(container?.Id ?? '');
    for (const path of ['/health', '/ready', '/metrics']) {
      const response = await fetch(`http://${address}${path}`);
      expect([path, response.status]).toEqual([path, 200]);
    }
    const status = docker(
      'exec',
      container?.Id ?? '',
      '/usr/local/bin/node',
      '-p',
      'fs.readFileSync("/proc/1/status","utf8")',
    );
    expect(status).toMatch(/^Uid:\s+1001\s+1001/m);
    expect(status).toMatch(/^CapEff:\s+0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
  });

  it('stops gracefully on SIGTERM', () => {
    const [container] = containersOf('api');
    const began = Date.now();
    docker('stop', '--time', '20', container?.Id ?? '');
    expect(Date.now() - began).toBeLessThan(8000);
    expect(docker('inspect', '--format', '{{.State.ExitCode}}', container?.Id ?? '')).toBe('0');
    removeContainersOf('api');
  });

  it('is a cache hit when nothing changed, also under affected', () => {
    workspace.commit('built');
    const ran = workspace.nx(['affected', '-t', 'docker-build', '--files=apps/api/src/main.ts']);
    expect(ran.code).toBe(0);
    expect(wasCached(ran, 'api:docker-build')).toBe(true);
  });

  it('is a cache hit after an edit of a comment, since the build output did not change', () => {
    const before = imageDigest();
    workspace.write(
      'apps/api/src/main.ts',
      `// A comment that explains nothing.\n${workspace.read('apps/api/src/main.ts')}`,
    );
    const ran = build();
    expect(wasCached(ran, 'api:docker-build')).toBe(true);
    expect(wasCached(ran, 'nx run api:build ')).toBe(false);
    expect(imageDigest()).toBe(before);
  });

  it('rebuilds after an edit of the source, and comes back to the same digest when the edit is undone', () => {
    const before = imageDigest();
    const source = workspace.read('apps/api/src/main.ts');
    workspace.write('apps/api/src/main.ts', `${source}\nprocess.env['TOOLBOX_E2E'] ??= 'edited';\n`);
    expect(wasCached(build(), 'api:docker-build')).toBe(false);
    expect(imageDigest()).not.toBe(before);
    workspace.write('apps/api/src/main.ts', source);
    expect(wasCached(build(), 'api:docker-build')).toBe(true);
    expect(imageDigest()).toBe(before);
  });

  it('rebuilds nothing after an edit of the README of the repository or of an unrelated dependency', () => {
    workspace.write('README.md', '# Acme\n');
    const packageJson = workspace.json<{ devDependencies: Record<string, string> }>('package.json');
    packageJson.devDependencies['is-number'] = '7.0.0';
    workspace.commit('clean');
    workspace.write('README.md', '# Acme, again\n');
    const readme = workspace.nxOk([
      'show',
      'projects',
      '--affected',
      '--files=README.md',
      '--with-target=docker-build',
    ]);
    expect(readme.trim()).toBe('');
    expect(wasCached(build(), 'api:docker-build')).toBe(true);
  });

  it('rebuilds exactly the dependents of a library that changed', () => {
    workspace.nxOk(['g', 'toolbox:service', 'worker', '--no-interactive']);
    workspace.write(
      'libs/shared/project.json',
      JSON.stringify({ name: 'shared', root: 'libs/shared', sourceRoot: 'libs/shared/src' }),
    );
    workspace.write('libs/shared/src/index.ts', 'export const greeting = "hello";\n');
    const nxJson = workspace.json<Record<string, unknown>>('nx.json');
    workspace.write(
      'nx.json',
      JSON.stringify({ ...nxJson, pluginsConfig: { '@nx/js': { analyzeSourceFiles: true } } }, null, 2),
    );
    workspace.write(
      'apps/worker/src/main.ts',
      `import { greeting } from '../../../libs/shared/src/index';\nprocess.env['GREETING'] = greeting;\n${workspace.read('apps/worker/src/main.ts')}`,
    );
    workspace.commit('shared');
    workspace.nxOk(['run-many', '-t', 'docker-build']);
    workspace.write('libs/shared/src/index.ts', 'export const greeting = "good morning";\n');
    const ran = workspace.nx(['affected', '-t', 'docker-build', '--files=libs/shared/src/index.ts']);
    expect(ran.code).toBe(0);
    expect(ran.output).toContain('nx run worker:docker-build');
    expect(ran.output).not.toContain('nx run api:docker-build');
    expect(wasCached(ran, 'worker:docker-build')).toBe(false);
  });
});
