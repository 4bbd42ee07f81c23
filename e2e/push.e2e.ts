import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeIndexLayout } from './index-layout';
import { docker, removeImagesNamed, tryDocker } from './engine';
import { makeCertificate, openLine, startRegistry, type Line, type RegistryServer } from './registry';
import { freshWorkspace, openWorkspace, type Ran, type Workspace } from './workspace';

interface Report {
  readonly digest: string;
  readonly repositories: readonly {
    readonly repository: string;
    readonly references: readonly string[];
    readonly tagged: readonly string[];
    readonly bytes: Readonly<Record<'uploaded' | 'mounted' | 'skipped' | 'sent', number>>;
    readonly blobs: readonly { readonly digest: string; readonly size: number; readonly how: string }[];
  }[];
}

/** Push to Debian's own registry: the layout's bytes, by digest, once. The tests build on each other, in order, in one workspace. */
describe('docker-push', () => {
  const container = 'push-e2e-api';
  const password = 'correct-horse-7f3a';
  const folders: string[] = [];
  const servers: { stop(): void }[] = [];
  const lines: Line[] = [];
  let workspace: Workspace;
  let registry: RegistryServer;

  beforeAll(async () => {
    tryDocker('rm', '-f', container);
    workspace = freshWorkspace('push');
    folders.push(workspace.root);
    registry = await serve();
    workspace.nxOk(['g', 'toolbox:service', 'push-api', '--no-interactive']);
    workspace.commit('push-api');
  });
  afterAll(() => {
    tryDocker('rm', '-f', container);
    removeImagesNamed(`${registry.address}/*/*`);
    for (const line of lines) line.close();
    for (const server of servers) server.stop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  async function serve(...setUp: Parameters<typeof startRegistry>): Promise<RegistryServer> {
    const server = await startRegistry(...setUp);
    servers.push(server);
    return server;
  }
  async function openedLine(...to: Parameters<typeof openLine>): Promise<Line> {
    const opened = await openLine(...to);
    lines.push(opened);
    return opened;
  }
  function scratch(name: string): string {
    const folder = mkdtempSync(join(tmpdir(), `toolbox-e2e-${name}-`));
    folders.push(folder);
    return folder;
  }
  const push = (...args: string[]) => workspace.nx(['docker-push', 'push-api', ...args]);
  const pushed = (...args: string[]) => workspace.nxOk(['docker-push', 'push-api', ...args]);
  const to = (address: string) => `--repository=${address}/acme/push-api`;
  const record = (project = 'push-api') =>
    workspace.json<{ digest: string; layers: readonly { digest: string; compressed: number }[] }>(
      `dist/images/${project}/image.json`,
    );
  const report = (project = 'push-api') => workspace.json<Report>(`dist/reports/${project}/push.json`);
  const blobBytes = () => report().repositories[0]!.blobs.reduce((total, { size }) => total + size, 0);

  /** Runs nx while the lines of this process carry its bytes. */
  function nxBesides(
    args: readonly string[],
    onStart: (group: number) => void = () => undefined,
  ): Promise<Ran> {
    return new Promise((resolve) => {
      const program = join(workspace.root, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
      const child = spawn(process.execPath, [program, ...args], {
        cwd: workspace.root,
        env: workspace.env,
        detached: true,
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
      child.once('close', (code) => resolve({ code, output }));
      onStart(child.pid!);
    });
  }
  /** One line says it: what a failed task prints between Nx's own lines. */
  function expectOneLine(ran: Ran, line: RegExp): void {
    expect(ran.output).toMatch(line);
    expect(ran.code).not.toBe(0);
    const said = ran.output.split('\n').filter((text) => line.test(text));
    expect(said).toHaveLength(1);
    expect(ran.output).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
    expect(ran.output).not.toContain(password);
  }

  it('says in one line that no registry is configured', () => {
    expectOneLine(
      push(),
      /push-api: its image \S+ names no registry\. Set registry in infrastructure\/toolbox\.yaml/,
    );
  });

  it('says what it would do, and does nothing, in a dry run', () => {
    const nxJson = workspace.json<{ plugins: unknown[] }>('nx.json');
    const plugins = [{ plugin: 'toolbox', options: { registry: `${registry.address}/acme` } }];
    workspace.write('nx.json', JSON.stringify({ ...nxJson, plugins }, null, 2));
    workspace.commit('registry');
    const output = pushed('--dryRun');
    expect(output).toContain(`Would push ${registry.address}/acme/push-api@${record().digest}`);
    expect(output).toMatch(/blobs: [1-9]\d* to upload or mount/);
    expect(registry.writes()).toEqual([]);
  });

  it('pushes the digest of the layout, under the commit and the branch', async () => {
    pushed();
    const commit = workspace.git('rev-parse', '--short', 'HEAD').trim();
    const { digest } = record();
    for (const reference of [digest, `sha-${commit}`, 'main'])
      expect([reference, await registry.digest('acme/push-api', reference)]).toEqual([reference, digest]);
    expect(report()).toMatchObject({
      digest,
      repositories: [{ repository: `${registry.address}/acme/push-api`, tagged: [`sha-${commit}`, 'main'] }],
    });
    const { bytes } = report().repositories[0]!;
    expect(bytes).toEqual({ uploaded: blobBytes(), mounted: 0, skipped: 0, sent: blobBytes() });
  });

  it('uploads nothing the second time', () => {
    const before = registry.writes().length;
    pushed();
    expect(registry.writes().slice(before)).toEqual([]);
    expect(report().repositories[0]!.bytes).toMatchObject({ uploaded: 0, sent: 0, skipped: blobBytes() });
  });

  it('pushed an image that the engine pulls by digest and runs healthy', () => {
    const reference = `${registry.address}/acme/push-api@${record().digest}`;
    docker('pull', '--quiet', reference);
    docker(
      'run',
      '--detach',
      '--name',
      container,
      '--read-only',
      '--tmpfs',
      '/tmp',
      '--user',
      '1001:1001',
      reference,
    );
    const health = () => docker('inspect', '--format', '{{.State.Health.Status}}', container);
    for (let tries = 0; health() !== 'healthy'; tries += 1) {
      if (tries > 60) throw new Error(docker('logs', container));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    }
    docker('rm', '-f', container);
  });

  it('mounts the layers of another service of the stack', () => {
    workspace.nxOk(['g', 'toolbox:service', 'push-worker', '--no-interactive']);
    workspace.nxOk(['docker-push', 'push-worker', '--tag=dev']);
    const [{ bytes, blobs }] = report('push-worker').repositories as [Report['repositories'][0]];
    const shared = record('push-worker').layers.filter(({ digest }) =>
      record().layers.some((layer) => layer.digest === digest),
    );
    expect(shared.length).toBeGreaterThan(0);
    expect(bytes.mounted).toBe(shared.reduce((total, { compressed }) => total + compressed, 0));
    expect(bytes.uploaded).toBeLessThan(bytes.mounted / 10);
    expect(blobs.filter(({ how }) => how === 'mounted')).toHaveLength(shared.length);
  });

  it('pushes the version at its release only, and never moves it', async () => {
    workspace.commit('release');
    workspace.git('tag', 'v1.2.3');
    const { digest } = record();
    pushed();
    expect(await registry.digest('acme/push-api', '1.2.3')).toBe(digest);
    // The same digest again is fine.
    pushed('--tag=1.2.3');
    const source = workspace.read('apps/push-api/src/main.ts');
    workspace.write('apps/push-api/src/main.ts', `${source}\nprocess.env['TOOLBOX_E2E'] ??= 'edited';\n`);
    for (const further of [[], ['--dryRun']])
      expectOneLine(
        push('--tag=1.2.3', '--tag=next', ...further),
        /acme\/push-api:1\.2\.3: is sha256:\w+ already, and a version never moves/,
      );
    expect(record().digest).not.toBe(digest);
    expect(await registry.digest('acme/push-api', '1.2.3')).toBe(digest);
    expect(await registry.digest('acme/push-api', 'next')).toBeNull();
    workspace.commit('after the release');
    pushed();
    expect(report().repositories[0]!.references.join(' ')).not.toContain('1.2.3');
    expect(await registry.digest('acme/push-api', 'main')).toBe(record().digest);
    workspace.write('apps/push-api/src/main.ts', source);
    workspace.commit('as before');
    pushed();
    expect(record().digest).toBe(digest);
  });

  it('goes on after its connection was cut, and after it was killed', async () => {
    const target = await serve();
    const slow = await openedLine(target.address, 24_000_000);
    const total = blobBytes();
    const largest = Math.max(...report().repositories[0]!.blobs.map(({ size }) => size));
    // Killed when the largest blob is half-way: the small ones are there by then.
    const killed = await nxBesides(['docker-push', 'push-api', to(slow.address), '--tag=killed'], (group) => {
      const timer = setInterval(() => {
        if (slow.sent() < largest * 0.6) return;
        clearInterval(timer);
        process.kill(-group, 'SIGKILL');
      }, 20);
    });
    expect(killed.code).toBeNull();
    const finished = target.finishedBlobs();
    expect(finished.length).toBeGreaterThan(0);
    expect(await target.digest('acme/push-api', 'killed')).toBeNull();

    const fast = await openedLine(target.address);
    fast.cutAfter(Math.round(largest / 3));
    expect(await nxBesides(['docker-push', 'push-api', to(fast.address), '--tag=killed'])).toMatchObject({
      code: 0,
    });
    expect(await target.digest('acme/push-api', 'killed')).toBe(record().digest);
    const [{ bytes, blobs }] = report().repositories as [Report['repositories'][0]];
    const skipped = blobs.filter(({ how }) => how === 'skipped').map(({ digest }) => digest);
    expect(skipped.sort()).toEqual(finished);
    expect(bytes.skipped + bytes.uploaded).toBe(total);
    // What was finished before travels no more; what was cut travels at most once more.
    expect(bytes.sent).toBeGreaterThan(bytes.uploaded);
    expect(fast.sent()).toBeLessThan(bytes.uploaded + largest / 3 + 1_000_000);
    expect(new Set(target.finishedBlobs()).size).toBe(target.finishedBlobs().length);
  });

  it('pushes all platforms of an index under its one digest', async () => {
    const images = join(workspace.root, 'dist/images');
    const { index, manifests } = makeIndexLayout(join(images, 'push-api'), join(images, 'push-index'));
    pushed('--image=dist/images/push-index', `--repository=${registry.address}/acme/push-index`, '--tag=dev');
    expect(await registry.digest('acme/push-index', 'dev')).toBe(index);
    for (const manifest of manifests)
      expect(await registry.digest('acme/push-index', manifest)).toBe(manifest);
  });

  it('logs in with what Docker stored or a helper says, and tells a wrong login in one line', async () => {
    const guarded = await serve({ login: { user: 'ci', password } });
    const folder = scratch('docker-config');
    const env = { DOCKER_CONFIG: folder };
    const attempt = () => workspace.nx(['docker-push', 'push-api', to(guarded.address), '--tag=dev'], env);
    const configure = (config: unknown) => writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    const auth = (secret: string) => ({
      auths: { [guarded.address]: { auth: Buffer.from(`ci:${secret}`).toString('base64') } },
    });
    expectOneLine(
      attempt(),
      /asks for a login, and Docker's config\.json has none for it\. Run: docker login 127/,
    );
    configure(auth('wrong-horse'));
    const wrong = attempt();
    expectOneLine(wrong, /the stored user name or password is wrong\. Log in again: docker login 127/);
    expect(wrong.output).not.toContain('wrong-horse');
    configure({ credHelpers: { [guarded.address]: 'absent' } });
    expectOneLine(attempt(), /docker-credential-absent was not found/);
    expect(guarded.writes().filter((write) => !write.endsWith(' 401'))).toEqual([]);

    const helper = join(folder, 'docker-credential-e2e');
    writeFileSync(
      helper,
      `#!/bin/sh\nread server\ntest "$server" = ${guarded.address} && echo '{"Username":"ci","Secret":"${password}"}'\n`,
    );
    chmodSync(helper, 0o755);
    configure({ credHelpers: { [guarded.address]: 'e2e' } });
    const path = { ...env, PATH: `${folder}:${process.env['PATH']}` };
    const helped = workspace.nxOk(['docker-push', 'push-api', to(guarded.address), '--tag=helper'], path);
    configure(auth(password));
    const stored = attempt();
    expect(stored).toMatchObject({ code: 0 });
    expect(report().repositories[0]!.bytes.uploaded).toBe(0);
    expect(helped + stored.output).not.toContain(password);
  });

  it('says in one line what is wrong with a registry', async () => {
    const readOnly = await serve({ readOnly: true });
    expectOneLine(push(to(readOnly.address), '--tag=dev'), /acme\/push-api: the registry is read-only/);
    expectOneLine(
      push('--repository=registry.invalid/acme/push-api', '--tag=dev'),
      /registry\.invalid: (there is no such host|its name cannot be looked up)/,
    );
    readOnly.stop();
    expectOneLine(push(to(readOnly.address), '--tag=dev'), /nothing answers there \(connection refused\)/);

    const small = scratch('full');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', small]);
    try {
      const full = await serve({ folder: join(small, 'images') });
      expectOneLine(
        push(to(full.address), '--tag=dev'),
        /acme\/push-api: the registry('s disk is full| answered 5\d\d)/,
      );
      full.stop();
    } finally {
      execFileSync('umount', [small]);
    }
  });

  it('trusts the authority that TOOLBOX_CA_FILE names, and no other', async () => {
    const tls = makeCertificate(scratch('tls'));
    const secure = await serve({ tls });
    const env = { TOOLBOX_CA_FILE: undefined, NODE_EXTRA_CA_CERTS: undefined };
    const attempt = (more: NodeJS.ProcessEnv) =>
      workspace.nx(['docker-push', 'push-api', to(secure.address), '--tag=dev'], { ...env, ...more });
    expectOneLine(
      attempt({}),
      /its certificate is not trusted \(\w+\)\. Name the file of its authority in TOOLBOX_CA_FILE/,
    );
    expect(attempt({ TOOLBOX_CA_FILE: tls.certificate })).toMatchObject({ code: 0 });
  });

  it('pushes from a clone with the cache of Nx and without an engine', async () => {
    const clone = scratch('push-clone');
    rmSync(clone, { recursive: true });
    workspace.git('clone', '-q', workspace.root, clone);
    cpSync(join(workspace.root, 'node_modules'), join(clone, 'node_modules'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    cpSync(join(workspace.root, '.cache'), join(clone, '.cache'), { recursive: true });
    const programs = scratch('programs');
    for (const program of ['node', 'git', 'sh']) {
      const found = process.env['PATH']!.split(':').map((folder) => join(folder, program));
      symlinkSync(
        found.find((file) => existsSync(file))!,
        join(programs, program),
      );
    }
    const elsewhere = openWorkspace(clone);
    const env = { PATH: programs, DOCKER_HOST: 'unix:///nowhere.sock' };
    const fresh = await serve();
    const output = elsewhere.nxOk(['docker-push', 'push-api', to(fresh.address), '--tag=clone'], env);
    expect(output).toMatch(/nx run push-api:docker-build.*(cache|existing outputs)/);
    expect(await fresh.digest('acme/push-api', 'clone')).toBe(record().digest);
  });
});
