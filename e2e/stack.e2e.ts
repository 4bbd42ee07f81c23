import { randomBytes } from 'node:crypto';
import { request, type IncomingHttpHeaders } from 'node:http';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressOf, containersOf, docker, removeContainersOf, tryDocker } from './engine';
import { startBackingService } from './backing-services';
import { freshWorkspace, type Workspace } from './workspace';

/**
 * A stack of all runtimes, scaffolded, built and run: the dashboard calls the backend through nginx, the backend enqueues a Celery task, the
 * worker stores into PostgreSQL, a Python and a Go service answer. Every container as `docker-run` starts it: read-only, without privileges.
 */
const host = 'stack.example.com';
const services = {
  'stack-api': ['--runtime=fastapi', '--uses=postgres,redis', `--host=${host}`, '--path=/api'],
  'stack-worker': ['--runtime=celery', '--uses=postgres,redis'],
  'stack-tools': ['--runtime=python', `--host=${host}`, '--path=/mcp'],
  'stack-edge': ['--runtime=go', `--host=${host}`, '--path=/edge'],
  'stack-web': ['--runtime=static', `--host=${host}`],
  'stack-node': ['--runtime=node'],
  'stack-proxy': ['--runtime=nginx'],
} as const;
type Name = keyof typeof services;
const names = Object.keys(services) as Name[];
const network = 'toolbox-e2e-stack';
const password = randomBytes(12).toString('hex');

interface Found {
  readonly Name: string;
  readonly Config: { readonly User: string };
  readonly HostConfig: { readonly SecurityOpt: readonly string[] };
  readonly State: {
    readonly StartedAt: string;
    readonly Health: {
      readonly Status: string;
      readonly Log: readonly { readonly End: string; readonly ExitCode: number }[];
    };
  };
}
const asPython = (text: string) => `EDITED = "${text}"`;
const asGo = (text: string) => `const edited${text} = "${text}"`;
const inspect = (id: string): Found => (JSON.parse(docker('inspect', id)) as Found[])[0]!;

describe('a stack of all runtimes', () => {
  let workspace: Workspace;
  let proxy: string;

  beforeAll(() => {
    cleanUp();
    workspace = freshWorkspace('stack');
  });
  afterAll(() => {
    cleanUp();
    workspace.remove();
  });

  function cleanUp(): void {
    removeContainersOf(...names);
    tryDocker('rm', '-f', 'postgres', 'redis');
    tryDocker('network', 'rm', network);
  }

  /** Starts a service as its users do, in the network of the stack, and returns its container. */
  function start(name: Name, role?: string) {
    workspace.nxOk([
      'docker-run',
      name,
      '--detach',
      '--port=0',
      `--network=${network}`,
      ...(role ? [`--role=${role}`] : []),
      ...(services[name].includes('--uses=postgres,redis' as never)
        ? ['postgres', 'redis'].map((used) => `--secrets.${used}-password=secrets/${used}-password`)
        : []),
    ]);
    const [container] = containersOf(name);
    if (!container) throw new Error(`${name} does not run`);
    return container;
  }

  /** Asks the proxy under the stack's public host name. */
  function ask(
    path: string,
    options: { method?: string; json?: unknown; headers?: Record<string, string> } = {},
  ) {
    const body = options.json === undefined ? undefined : JSON.stringify(options.json);
    const headers = { host, ...(body ? { 'content-type': 'application/json' } : {}), ...options.headers };
    const [address, port] = proxy.split(':');
    return new Promise<{ status: number; headers: IncomingHttpHeaders; text: string }>((resolve, reject) => {
      const asked = request(
        {
          host: address,
          port,
          path,
          method: options.method ?? (body ? 'POST' : 'GET'),
          headers,
          timeout: 15_000,
        },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
        },
      );
      asked.on('error', reject).on('timeout', () => asked.destroy(new Error(`${path}: no answer`)));
      asked.end(body);
    });
  }

  it('is scaffolded by one command for each service', () => {
    for (const name of names)
      workspace.nxOk(['g', 'toolbox:service', name, ...services[name], '--no-interactive']);
    // A task that takes longer than the worker needs to see the signal.
    const tasks = 'apps/stack-worker/app/worker.py';
    workspace.write(
      tasks,
      `${workspace.read(tasks)}\n\n@app.task(name="app.slow")\ndef slow() -> None:\n    import time\n\n    time.sleep(3)\n`,
    );
    // The services know nothing of the prefix under which the proxy has them.
    for (const name of ['stack-api', 'stack-edge']) {
      const file = `apps/${name}/toolbox.yaml`;
      workspace.write(
        file,
        workspace.read(file).replace(/expose: \{ (.*) \}/, 'expose: { $1, stripPath: true }'),
      );
      expect(workspace.read(file)).toContain('stripPath');
    }
    expect(workspace.nx(['sync:check']).code).not.toBe(0);
    workspace.nxOk(['sync']);
    expect(workspace.read('apps/stack-proxy/nginx/servers.conf')).toContain('rewrite ^/api/');
    workspace.commit('stack');
    for (const name of names)
      workspace.nxOk(['g', 'toolbox:service', name, '--no-interactive', '--skipInstall']);
    workspace.nxOk(['sync:check']);
    expect(workspace.git('status', '--porcelain')).toBe('');
  });

  it("passes the new apps' own tests", () => {
    workspace.nxOk(['run-many', '-t', 'test', 'lint', 'typecheck']);
  });

  it('is built within the time that a build may take, and not again', () => {
    const seconds = (...args: readonly string[]) => {
      const began = Date.now();
      workspace.nxOk(args);
      return (Date.now() - began) / 1000;
    };
    const backend = seconds('docker-build', 'stack-api');
    const dashboard = seconds('docker-build', 'stack-web');
    const rest = seconds('run-many', '-t', 'docker-build');
    console.log(`built: backend ${backend} s, dashboard ${dashboard} s, the rest ${rest} s`);
    expect([backend < 120, dashboard < 180, backend + dashboard + rest < 300]).toEqual([true, true, true]);
    expect(seconds('run-many', '-t', 'docker-build')).toBeLessThan(30);
  });

  it.each<[Name, string, (text: string) => string, RegExp, RegExp]>([
    ['stack-api', 'app/messages.py', asPython, /deps \d+\/\d+\] RUN/, /app \d+\/\d+\] COPY/],
    ['stack-worker', 'app/tasks.py', asPython, /deps \d+\/\d+\] RUN/, /app \d+\/\d+\] COPY/],
    ['stack-tools', 'app/tools.py', asPython, /deps \d+\/\d+\] RUN/, /app \d+\/\d+\] COPY/],
    ['stack-edge', 'settings.go', asGo, /modules \d+\/\d+\] RUN/, /build \d+\/\d+\] COPY/],
  ])(
    'builds only the last layers of %s anew after a source edit',
    (name, file, edit, dependencies, sources) => {
      const path = `apps/${name}/${file}`;
      // Other content in every run: the engine may have seen the same edit before.
      const build = () => {
        workspace.write(path, `${workspace.read(path)}\n${edit(randomBytes(6).toString('hex'))}\n`);
        return workspace.nxOk(['docker-build', name]);
      };
      // The first one makes sure that BuildKit has the steps before: what another run left there, it may have dropped.
      build();
      const output = build();
      const step = (pattern: RegExp) =>
        new RegExp(`^\\s*#(\\d+) \\[${pattern.source}`, 'm').exec(output)?.[1];
      expect([step(dependencies), step(sources)]).toEqual([expect.any(String), expect.any(String)]);
      expect(output).toMatch(new RegExp(`^\\s*#${step(dependencies)} CACHED`, 'm'));
      expect(output).not.toMatch(new RegExp(`^\\s*#${step(sources)} CACHED`, 'm'));
    },
  );

  it('is within its budgets, each image and all together', () => {
    workspace.nxOk(['run-many', '-t', 'docker-size-check']);
    const sizes = Object.fromEntries(
      names.map((name) => [
        name,
        workspace.json<{ sizes: { uncompressed: number } }>(`dist/images/${name}/image.json`).sizes
          .uncompressed,
      ]),
    );
    expect(sizes['stack-api']).toBeLessThan(200e6);
    expect(sizes['stack-worker']).toBeLessThan(200e6);
    expect(sizes['stack-web']).toBeLessThan(100e6);
    expect(sizes['stack-proxy']).toBeLessThan(50e6);
    const together = workspace.json<{ uncompressed: number; shared: { images: string[] }[] }>(
      'dist/reports/infrastructure/size.json',
    );
    expect(together.uncompressed).toBeLessThan(500e6);
    expect(
      together.shared.some(({ images }) => images.includes('stack-api') && images.includes('stack-worker')),
    ).toBe(true);
  });

  it('runs, every container healthy within ten seconds, read-only and without privileges', () => {
    mkdirSync(join(workspace.root, 'secrets'));
    for (const used of ['postgres', 'redis']) {
      const file = join(workspace.root, 'secrets', `${used}-password`);
      writeFileSync(file, password);
      chmodSync(file, 0o444);
    }
    docker('network', 'create', network);
    startBackingService(workspace, network, 'postgres', [
      'POSTGRES_DB=acme',
      'POSTGRES_USER=acme',
      'POSTGRES_PASSWORD_FILE=/run/secrets/postgres-password',
    ]);
    startBackingService(workspace, network, 'redis', [], 'redis-server', '--requirepass', password);
    const containers = [
      ...names.filter((name) => name !== 'stack-worker').map((name) => start(name)),
      start('stack-worker', 'worker'),
      start('stack-worker', 'beat'),
    ];
    proxy = addressOf(containersOf('stack-proxy')[0]?.Id ?? '');
    for (const { Id } of containers) {
      const found = inspect(Id);
      expect(found.HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'], Privileged: false });
      expect(found.HostConfig.SecurityOpt).toContain('no-new-privileges');
      expect(Number(found.Config.User.split(':')[0])).toBeGreaterThan(1000);
      expect(found.State.Health.Status).toBe('healthy');
      const healthy = found.State.Health.Log.find(({ ExitCode }) => ExitCode === 0);
      const seconds = (Date.parse(healthy?.End ?? '') - Date.parse(found.State.StartedAt)) / 1000;
      expect([found.Name, seconds < 10]).toEqual([found.Name, true]);
    }
  });

  it('serves the dashboard through the proxy', async () => {
    const page = await ask('/');
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('<div id="root">')]);
    expect(page.headers['content-security-policy']).toMatch(/default-src/);
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(page.text)?.[1] ?? '';
    const asset = await ask(script);
    expect([asset.status, asset.headers['cache-control']]).toEqual([
      200,
      expect.stringContaining('immutable'),
    ]);
    expect((await ask('/a/route/of/the/app')).text).toBe(page.text);
    expect((await ask('/assets/gone.js')).status).toBe(404);
  });

  it('stores what the backend enqueues, and reads it back', async () => {
    const text = `message ${randomBytes(6).toString('hex')}`;
    const sent = await ask('/api/messages', { json: { text }, headers: { 'x-request-id': 'e2e-stack-1' } });
    expect([sent.status, sent.headers['x-request-id']]).toEqual([202, 'e2e-stack-1']);
    const { id } = JSON.parse(sent.text) as { id: string };
    let stored: { id: string; text: string }[] = [];
    for (let attempt = 0; attempt < 40 && !stored.some((message) => message.id === id); attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      stored = JSON.parse((await ask('/api/messages')).text) as typeof stored;
    }
    expect(stored).toContainEqual(expect.objectContaining({ id, text }));
  });

  it('answers from every other service', async () => {
    const listed = await ask('/mcp', {
      json: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
      headers: { accept: 'application/json, text/event-stream' },
    });
    expect([listed.status, JSON.parse(listed.text)]).toEqual([
      200,
      expect.objectContaining({
        id: 1,
        result: expect.objectContaining({ tools: expect.any(Array) as unknown }) as unknown,
      }),
    ]);
    expect((await ask('/edge/')).status).toBe(200);
  });

  it('has one trace and one request id from the proxy to the worker', async () => {
    const trace = randomBytes(16).toString('hex');
    const headers = { traceparent: `00-${trace}-${randomBytes(8).toString('hex')}-01` };
    await ask('/api/messages', { json: { text: 'traced' }, headers });
    const lines = (name: Name, found = containersOf(name)) =>
      found
        .flatMap(({ Id }) => docker('logs', Id).split('\n'))
        .filter((line) => line.includes(trace))
        .map((line) => JSON.parse(line) as { trace_id?: string });
    for (let attempt = 0; attempt < 40 && lines('stack-worker').length === 0; attempt += 1)
      await new Promise((resolve) => setTimeout(resolve, 250));
    for (const name of ['stack-api', 'stack-worker'] as const)
      expect([name, lines(name).some(({ trace_id }) => trace_id === trace)]).toEqual([name, true]);
  });

  it('finishes a task that runs when the worker is told to stop', async () => {
    const [worker] = containersOf('stack-worker').filter(({ Config }) => Config.Cmd?.includes('worker'));
    const id = worker?.Id ?? '';
    const send = 'from app.worker import app; print(app.send_task("app.slow").id)';
    const task = docker('exec', id, '/opt/venv/bin/python', '-c', send).split('\n').at(-1) ?? '';
    const seen = (text: string) =>
      docker('logs', id)
        .split('\n')
        .some((line) => line.includes(task) && line.includes(text));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(seen('task completed')).toBe(false);
    docker('stop', '--time', '30', id);
    expect(docker('inspect', '--format', '{{.State.ExitCode}}', id)).toBe('0');
    expect(seen('task completed')).toBe(true);
    expect(docker('logs', id)).toContain('"state": "SUCCESS"');
  });

  it('loses no request of a backend that is told to stop', async () => {
    const [backend] = containersOf('stack-api');
    const address = addressOf(backend?.Id ?? '');
    let stopping = false;
    let answered = 0;
    const lost: unknown[] = [];
    // A balancer's view: it sends until the service says that it is not ready any more.
    const client = async () => {
      for (;;) {
        try {
          const response = await fetch(`http://${address}/messages`, { signal: AbortSignal.timeout(10_000) });
          await response.arrayBuffer();
          if (response.ok) answered += 1;
          else lost.push(response.status);
          if (stopping && (await fetch(`http://${address}/ready`)).status === 503) return;
        } catch (error) {
          lost.push(error);
          return;
        }
      }
    };
    const clients = Array.from({ length: 20 }, client);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    stopping = true;
    docker('kill', '--signal', 'SIGTERM', backend?.Id ?? '');
    await Promise.all(clients);
    console.log(`${answered} requests answered while the backend ran and stopped, ${lost.length} lost`);
    expect(lost).toEqual([]);
    expect(answered).toBeGreaterThan(100);
    expect(docker('wait', backend?.Id ?? '')).toBe('0');
  });

  it.each(['stack-worker', 'stack-tools', 'stack-edge', 'stack-web', 'stack-node', 'stack-proxy'] as const)(
    '%s ends with 0 on SIGTERM',
    (name) => {
      for (const { Id } of containersOf(name)) {
        docker('stop', '--time', '30', Id);
        expect([name, docker('inspect', '--format', '{{.State.ExitCode}}', Id)]).toEqual([name, '0']);
      }
    },
  );
});
