import { createServer, type AddressInfo, type Server } from 'node:net';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { imageOf } from './backing-services';
import { docker, leftOfCompose, removeComposeProject, tryDocker } from './engine';
import { freePort } from './free-port';
import { freshWorkspace, type Workspace } from './workspace';

/** A stack with a proxy, an API, a worker with two roles and a service that calls the API, on PostgreSQL and Redis: through Compose only. */
const host = 'shop.example.com';
const services = {
  'shop-api': ['--runtime=fastapi', '--uses=postgres,redis', `--host=${host}`, '--path=/api'],
  'shop-worker': ['--runtime=celery', '--uses=postgres,redis'],
  'shop-node': ['--runtime=node'],
  'shop-proxy': ['--runtime=nginx'],
} as const;
const names = Object.keys(services) as (keyof typeof services)[];
const folder = 'infrastructure/docker/compose';
const override = `${folder}/docker-compose.override.yml`;
const stack = 'toolbox-e2e-shop';
/** Ports by container; every other one of the pair is asked there. */
const ports: Readonly<Record<string, number>> = {
  'shop-api': 8000,
  'shop-worker': 8200,
  'shop-worker-beat': 8200,
  'shop-node': 3000,
  'shop-proxy': 8080,
  postgres: 5432,
  redis: 6379,
};
/** What the descriptions say, in both directions: Docker's networks know none. */
const declared = [
  'postgres shop-api',
  'postgres shop-worker',
  'postgres shop-worker-beat',
  'redis shop-api',
  'redis shop-worker',
  'redis shop-worker-beat',
  'shop-api shop-node',
  'shop-api shop-proxy',
];

interface Running {
  readonly Id: string;
  readonly Config: {
    readonly Labels: Readonly<Record<string, string>>;
    readonly User: string;
    readonly Env: readonly string[];
  };
  readonly State: { readonly Health: { readonly Status: string } };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly Memory: number;
    readonly NanoCpus: number;
    readonly PidsLimit: number;
    readonly LogConfig: { readonly Config: Readonly<Record<string, string>> };
    readonly PortBindings: Readonly<Record<string, readonly { readonly HostIp: string }[] | null>>;
  };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>> };
}

describe('the stack with Compose', () => {
  let workspace: Workspace;
  const env: Record<string, string> = {};

  beforeAll(async () => {
    cleanUp();
    workspace = freshWorkspace('compose');
    for (const name of ['SHOP_PROXY_PORT', 'SHOP_NODE_DEBUG_PORT']) env[name] = String(await freePort());
  });
  afterAll(() => {
    cleanUp();
    for (const name of names) tryDocker('rmi', '-f', `${stack}/${name}:dev`);
    workspace.remove();
  });

  afterEach(() => rmSync(join(workspace.root, override), { force: true }));

  function cleanUp(): void {
    for (const name of ['dev', 'prod']) removeComposeProject(`${stack}-${name}`);
  }

  /** Running containers of a project by their service; of several replicas the last. */
  function runningOf(project: string): ReadonlyMap<string, Running> {
    const found = JSON.parse(docker('inspect', ...leftOfCompose(project, ['ps', '-q']))) as Running[];
    return new Map(found.map((one) => [one.Config.Labels['com.docker.compose.service']!, one]));
  }

  it('has an entry for every service, holds in every combination, and is the same when it is made again', () => {
    workspace.nxOk(['g', 'toolbox:init', `--name=${stack}`]);
    for (const name of names)
      workspace.nxOk(['g', 'toolbox:service', name, ...services[name], '--no-interactive']);
    workspace.write(
      'apps/shop-node/toolbox.yaml',
      `${workspace.read('apps/shop-node/toolbox.yaml')}calls: [shop-api]\n`,
    );
    expect(workspace.nx(['sync:check']).output).toContain(`${folder}/docker-compose.yml`);
    workspace.nxOk(['sync']);
    workspace.commit('stack');
    workspace.nxOk(['g', 'toolbox:compose']);
    workspace.nxOk(['sync:check']);
    expect(workspace.git('status', '--porcelain')).toBe('');
    expect(workspace.nxOk(['compose-validate', 'infrastructure'])).toContain('4 combinations hold.');
    expect(workspace.nxOk(['compose-validate', 'infrastructure'])).toMatch(/from the cache/);
  });

  it('keeps what the user edits, and names what an own container lacks', () => {
    const base = `${folder}/docker-compose.yml`;
    workspace.write(base, workspace.read(base).replace('max-size: 10m', 'max-size: 5m'));
    const node = 'apps/shop-node/toolbox.yaml';
    workspace.write(node, `${workspace.read(node)}env: { production: { scale: { min: 1 } } }\n`);
    workspace.nxOk(['sync']);
    expect(workspace.read(base)).toContain('max-size: 5m');
    workspace.commit('edited');

    workspace.write(
      override,
      'services:\n  spy:\n    image: alpine:3.24.2\n    user: root\n    networks: [data_shop-api_postgres]\n',
    );
    const { code, output } = workspace.nx(['compose-validate', 'infrastructure']);
    expect(code).not.toBe(0);
    for (const weakness of [
      'services.spy: runs as root',
      'services.spy: has no health check',
      'services.spy: deploy.resources.limits lacks',
      'services.postgres and services.spy share the network data_shop-api_postgres',
    ])
      expect(output).toContain(weakness);
    expect(output).not.toContain('services.shop-api: ');
    workspace.write(
      override,
      'services:\n  shop-api:\n    depends_on:\n      nobody: { condition: service_started }\n',
    );
    expect(workspace.nx(['compose-validate', 'infrastructure']).output).toMatch(
      /shop-api: depends_on names nobody, which is no service/,
    );
  });

  it('starts in dev, makes its secrets, and is reached on loopback only', async () => {
    const output = workspace.nxOk(['compose-up', 'infrastructure'], env);
    expect(output).toContain('Made the secrets postgres-password, redis-password.');
    expect(output).toContain(`${stack}-dev is healthy: 7 containers.`);
    const secret = 'infrastructure/secrets/postgres-password';
    expect(statSync(join(workspace.root, secret)).mode & 0o777).toBe(0o600);
    expect(statSync(join(workspace.root, 'infrastructure/secrets')).mode & 0o777).toBe(0o700);
    expect(workspace.read(secret)).toMatch(/^[\w-]{43}$/);
    expect(workspace.git('status', '--porcelain', '--ignored')).toContain('!! infrastructure/secrets/');
    const response = await fetch(`http://127.0.0.1:${env['SHOP_PROXY_PORT']}/health`);
    expect(response.status).toBe(200);
    // A debugger that listens.
    const inspector = await fetch(`http://127.0.0.1:${env['SHOP_NODE_DEBUG_PORT']}/json/version`);
    expect(await inspector.json()).toMatchObject({ Browser: expect.stringContaining('node.js/') as unknown });

    const running = runningOf(`${stack}-dev`);
    expect([...running.keys()].sort()).toEqual(Object.keys(ports).sort());
    for (const [name, { Config, HostConfig, State }] of running) {
      expect([name, State.Health.Status, HostConfig.ReadonlyRootfs]).toEqual([name, 'healthy', true]);
      expect([HostConfig.Memory > 0, HostConfig.NanoCpus > 0, HostConfig.PidsLimit]).toEqual([
        true,
        true,
        256,
      ]);
      expect(HostConfig.LogConfig.Config['max-file']).toBe('3');
      expect(Number(Config.User.split(':')[0])).toBeGreaterThan(900);
      for (const bound of Object.values(HostConfig.PortBindings))
        for (const { HostIp } of bound ?? []) expect([name, HostIp]).toEqual([name, '127.0.0.1']);
      expect(Config.Env.join('\n')).not.toContain(workspace.read(secret));
    }
  });

  it('connects what is declared, and nothing else', () => {
    const running = [...runningOf(`${stack}-dev`)].sort(([a], [b]) => (a < b ? -1 : 1));
    const connected = new Set<string>();
    for (const [from, { Id }] of running) {
      const targets = running
        .filter(([to]) => to !== from)
        .flatMap(([to, { NetworkSettings }]) =>
          Object.values(NetworkSettings.Networks).map(({ IPAddress }) => `${to} ${IPAddress} ${ports[to]}`),
        );
      const script = `${targets
        .map((target) => {
          const [to, address, port] = target.split(' ');
          // 1 where no connection came about; the time limit's code where it stays open.
          return `(timeout 4 nc -w 2 ${address} ${port} < /dev/null > /dev/null 2>&1; [ $? = 1 ] || echo ${to}) &`;
        })
        .join('\n')}\nwait`;
      const reached = docker(
        'run',
        '--rm',
        `--network=container:${Id}`,
        '--entrypoint=sh',
        imageOf(workspace, 'nginx-'),
        '-c',
        script,
      );
      for (const to of reached.split('\n').filter(Boolean)) connected.add([from, to].sort().join(' '));
    }
    expect([...connected].sort()).toEqual(declared);
  });

  it('asks PostgreSQL and Redis with their passwords only', () => {
    const running = runningOf(`${stack}-dev`);
    const redis = running.get('redis')!.Id;
    expect(tryDocker('exec', redis, 'redis-cli', 'ping').output).toContain('NOAUTH');
    const postgres = running.get('postgres')!.Id;
    const user = stack.replaceAll('-', '_');
    for (const where of [['-h', '127.0.0.1'], []])
      expect(
        tryDocker('exec', postgres, 'psql', ...where, '-w', '-U', user, '-c', 'SELECT 1').output,
      ).toMatch(/no password supplied/);
    expect(docker('top', redis)).not.toContain(workspace.read('infrastructure/secrets/redis-password'));
  });

  it('starts what reads a secret anew when it was changed', () => {
    const before = runningOf(`${stack}-dev`);
    workspace.write('infrastructure/secrets/redis-password', 'another-password');
    expect(workspace.nxOk(['compose-up', 'infrastructure'], env)).toContain('redis-password changed');
    const after = runningOf(`${stack}-dev`);
    expect(after.get('redis')!.Id).not.toBe(before.get('redis')!.Id);
    expect(after.get('postgres')!.Id).toBe(before.get('postgres')!.Id);
  });

  it('names what does not get healthy, with its last log lines', () => {
    workspace.write(
      override,
      'services:\n  shop-node:\n    command: ["-e", "console.log(\'no way\'); process.exit(3)"]\n',
    );
    const { code, output } = workspace.nx(['compose-up', 'infrastructure', '--timeout=60'], env);
    expect(code).not.toBe(0);
    expect(output).toContain('Not healthy: shop-node.');
    expect(output).toMatch(
      /shop-node-1 (stopped with exit code 3|stops again and again)\.\n(.*\n)*? {2}no way/,
    );
    expect(output).not.toMatch(/shop-api-1 (is unhealthy|stopped|did)/);
    expect(workspace.nxOk(['compose-logs', 'infrastructure', '--service=shop-node'])).toContain('no way');
  });

  it('says in one line what cannot be started', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const { output } = workspace.nx(['compose-up', 'infrastructure'], {
      ...env,
      SHOP_PROXY_PORT: String(port),
    });
    expect(output).toMatch(new RegExp(`Port ${port} of 127.0.0.1 is in use\\. Stop what listens there`));
    await close(taken);
    expect(workspace.nx(['compose-down', 'infrastructure', '--name=Not_A-Name']).output).toContain(
      '--name: "Not_A-Name" is no project name.',
    );
    expect(workspace.nx(['compose-down', 'infrastructure', '--env=prd']).output).toMatch(
      /--env: prd is not an environment of the stack\./,
    );
  });

  it('runs in its production form beside the other, and leaves nothing behind', async () => {
    const node = 'apps/shop-node/toolbox.yaml';
    workspace.write(
      node,
      workspace.read(node).replace('{ scale: { min: 1 } }', '{ secrets: [payment-key] }'),
    );
    workspace.nxOk(['sync']);
    const published = { PUBLISH_ADDRESS: '127.0.0.1', SHOP_PROXY_PORT: String(await freePort()) };
    expect(workspace.nx(['compose-up', 'infrastructure', '--env=prod'], published).output).toContain(
      'infrastructure/secrets/payment-key is missing. Write the secret into it, with mode 600.',
    );
    workspace.write('infrastructure/secrets/payment-key', 'given');
    expect(workspace.nxOk(['compose-up', 'infrastructure', '--env=prod'], published)).toContain(
      `${stack}-prod is healthy: 10 containers.`,
    );
    const beats = leftOfCompose(`${stack}-prod`, [
      'ps',
      '-q',
      '--filter',
      'label=com.docker.compose.service=shop-worker-beat',
    ]);
    expect(beats).toHaveLength(1);
    expect(runningOf(`${stack}-dev`).get('postgres')?.State.Health.Status).toBe('healthy');
    workspace.nxOk(['compose-down', 'infrastructure']);
    expect(leftOfCompose(`${stack}-dev`, ['ps', '-aq'])).toEqual([]);
    expect(leftOfCompose(`${stack}-dev`, ['volume', 'ls', '-q'])).toHaveLength(2);
    for (const environment of ['dev', 'prod']) {
      workspace.nxOk(['compose-down', 'infrastructure', `--env=${environment}`, '--volumes']);
      for (const list of [
        ['ps', '-aq'],
        ['network', 'ls', '-q'],
        ['volume', 'ls', '-q'],
      ])
        expect(leftOfCompose(`${stack}-${environment}`, list)).toEqual([]);
    }
  });
});

/** A port that nothing listens on at this moment. */

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
