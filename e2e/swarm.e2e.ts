import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docker, removeImagesNamed, tryDocker } from './engine';
import { freePort } from './free-port';
import { startRegistry, type RegistryServer } from './registry';
import { freshWorkspace, type Workspace } from './workspace';

/** A stack with a proxy, an API and Redis on a real Swarm of one node: deployed, updated under load, broken, taken back. In order. */
const host = 'swarm.example.com';
const stack = 'swarm-e2e-prod';
const folder = 'infrastructure/docker/compose';
const main = 'apps/swarm-api/src/main.ts';

describe('the stack on a Swarm', () => {
  let workspace: Workspace;
  let registry: RegistryServer;
  let port: number;
  let wasActive: boolean;
  let source: string;
  const folders: string[] = [];

  beforeAll(async () => {
    wasActive = docker('info', '--format', '{{.Swarm.LocalNodeState}}') === 'active';
    if (wasActive) docker('swarm', 'leave', '--force');
    registry = await startRegistry();
    port = await freePort();
    workspace = freshWorkspace('swarm');
    workspace.nxOk(['g', 'toolbox:init', '--name=swarm-e2e', `--registry=${registry.address}/swarm-e2e`]);
    workspace.nxOk([
      'g',
      'toolbox:service',
      'swarm-api',
      '--uses=redis',
      `--host=${host}`,
      '--no-interactive',
    ]);
    workspace.nxOk(['g', 'toolbox:service', 'swarm-proxy', '--runtime=nginx', '--no-interactive']);
    const description = 'apps/swarm-api/toolbox.yaml';
    workspace.write(
      description,
      `${workspace.read(description)}env: { production: { scale: { min: 2 } } }\n`,
    );
    workspace.nxOk(['sync']);
    // This kernel has no IPVS: no virtual addresses, and no ports that all nodes share.
    const direct = { endpoint_mode: 'dnsrr', update_config: { monitor: '5s' } };
    workspace.write(
      `${folder}/docker-stack.override.yml`,
      JSON.stringify({
        services: {
          'swarm-api': { deploy: direct },
          redis: { deploy: direct },
          'swarm-proxy': {
            deploy: { ...direct, replicas: 1, update_config: { monitor: '5s', order: 'stop-first' } },
            ports: [{ target: 8080, published: port, protocol: 'tcp', mode: 'host' }],
          },
        },
      }),
    );
    source = workspace.read(main);
    workspace.commit('stack');
  });
  afterAll(async () => {
    tryDocker('stack', 'rm', stack);
    // Its networks go once its containers have gone.
    while (docker('ps', '-aq', '--filter', `label=com.docker.stack.namespace=${stack}`) !== '')
      await new Promise((resolve) => setTimeout(resolve, 500));
    tryDocker('swarm', 'leave', '--force');
    tryDocker('volume', 'rm', `${stack}_redis-data`);
    removeImagesNamed(`${registry.address}/*/*`);
    registry.stop();
    for (const one of folders) rmSync(one, { recursive: true, force: true });
    workspace.remove();
  });

  const nx = (target: string, ...args: readonly string[]) =>
    workspace.nx([target, 'infrastructure', ...args], { SWARM_PROXY_PORT: String(port) });
  const deploy = (...args: readonly string[]) => nx('swarm-deploy', ...args);

  /** Puts a header on every answer of the API, so that its versions can be told apart. */
  function setVersion(version: string, more = ''): void {
    const hook = `server.addHook('onSend', async (_request, reply) => void reply.header('x-version', '${version}'));`;
    workspace.write(main, source.replace(/^.* = createApp\(config\);$/m, `$&\n${hook}\n${more}`));
  }

  function versionOf(path = '/health'): Promise<string> {
    return new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, path, headers: { host }, agent: false }, (response) => {
        response.resume();
        resolve(`${response.statusCode} ${String(response.headers['x-version'])}`);
      })
        .on('error', reject)
        .end();
    });
  }

  it('is told in one line that there is no Swarm', () => {
    const { code, output } = deploy();
    expect(code).not.toBe(0);
    expect(output).toContain('This engine is no part of a Swarm. Make one with: docker swarm init');
    docker('swarm', 'init', '--advertise-addr', '127.0.0.1');
  });

  it('is deployed: images by digest, secrets by content, locked down', async () => {
    setVersion('one');
    const { code, output } = deploy();
    if (code !== 0) throw new Error(output);
    expect(output).toContain(`${stack} is deployed (deployment 1).`);
    const { digest } = workspace.json<{ digest: string }>('dist/images/swarm-api/image.json');
    const [api] = JSON.parse(docker('service', 'inspect', `${stack}_swarm-api`)) as [
      { Spec: { TaskTemplate: { ContainerSpec: Record<string, unknown> } } },
    ];
    expect(api.Spec.TaskTemplate.ContainerSpec).toMatchObject({
      Image: `${registry.address}/swarm-e2e/swarm-api@${digest}`,
      ReadOnly: true,
      CapabilityDrop: ['ALL'],
    });
    expect(docker('secret', 'ls', '--format', '{{.Name}}')).toMatch(
      /^swarm-e2e-prod_redis-password_[0-9a-f]{12}$/,
    );
    expect(
      docker('stack', 'services', '--format', '{{.Name}} {{.Replicas}}', stack).split('\n').sort(),
    ).toEqual([`${stack}_redis 1/1`, `${stack}_swarm-api 2/2`, `${stack}_swarm-proxy 1/1`]);
    expect(await versionOf()).toBe('200 one');
    expect(await versionOf('/ready')).toBe('200 one');
  });

  it('changes nothing when nothing changed', () => {
    const tasks = () => docker('service', 'ps', '-q', '--no-trunc', `${stack}_swarm-api`, `${stack}_redis`);
    const before = tasks();
    expect(deploy().output).toContain('(deployment 2).');
    expect(tasks()).toBe(before);
  });

  it('is updated under load without a failed request', async () => {
    setVersion('two');
    const load = startLoad(port, '/health');
    const { code, output } = deploy();
    const { answered, lost } = await load.stop();
    if (code !== 0) throw new Error(output);
    expect(await versionOf()).toBe('200 two');
    expect(lost).toEqual([]);
    expect(answered).toEqual({ '200': expect.any(Number) as number });
    expect(answered['200']).toBeGreaterThan(200);
    console.log(`${answered['200']} requests answered during the update, ${lost.length} lost`);
  });

  it('goes back by itself from an image that does not get healthy, and says why', async () => {
    setVersion('bad', "console.error('no flux capacitor'); process.exit(1);");
    const { code, output } = deploy('--timeout=150');
    expect(code).not.toBe(0);
    expect(output).toMatch(new RegExp(`${stack}_swarm-api: .*(rollback|rolled back|update paused)`, 'i'));
    expect(output).toContain('no flux capacitor');
    expect(output).toContain(`${stack} is as it was (deployment 3).`);
    expect(await versionOf()).toBe('200 two');
    setVersion('two');
  });

  it('takes another secret as another object, and the old one with the rollback', async () => {
    const secret = 'infrastructure/secrets/redis-password';
    const before = docker('secret', 'ls', '--format', '{{.Name}}');
    const old = workspace.read(secret);
    workspace.write(secret, 'another-password-7');
    expect(deploy().output).toContain('(deployment 4).');
    expect(docker('secret', 'ls', '--format', '{{.Name}}').split('\n')).toHaveLength(2);
    expect(await versionOf('/ready')).toBe('200 two');
    const { output } = nx('swarm-rollback');
    expect(output).toContain(`${stack} is as it was at deployment 3.`);
    expect(await versionOf('/ready')).toBe('200 two');
    expect(
      docker(
        'service',
        'inspect',
        '--format',
        '{{json .Spec.TaskTemplate.ContainerSpec.Secrets}}',
        `${stack}_redis`,
      ),
    ).toContain(before);
    workspace.write(secret, old);
  });

  it('goes back to a deployment of before, and tells what there is', async () => {
    const wrong = nx('swarm-rollback', '--to=9');
    expect(wrong.code).not.toBe(0);
    expect(wrong.output).toContain(`--to: ${stack} has no deployment 9. It has 3, 2, 1.`);
    expect(nx('swarm-rollback', '--to=1').output).toContain(`${stack} is as it was at deployment 1.`);
    expect(await versionOf()).toBe('200 one');
    const none = nx('swarm-rollback');
    expect(none.code).not.toBe(0);
    expect(none.output).toContain(`${stack} has no deployment before 1.`);
  });

  function startLoad(at: number, path: string): { stop(): Promise<Load> } {
    const out = mkdtempSync(join(tmpdir(), 'toolbox-e2e-load-'));
    folders.push(out);
    const file = join(out, 'result');
    const child: ChildProcess = spawn(
      process.execPath,
      [join(__dirname, 'load.mjs'), String(at), host, path, '4'],
      { stdio: ['ignore', openSync(file, 'w'), 'inherit'] },
    );
    return {
      async stop() {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        await ended;
        return JSON.parse(readFileSync(file, 'utf8')) as Load;
      },
    };
  }
});

interface Load {
  readonly answered: Readonly<Record<string, number>>;
  readonly lost: readonly string[];
}
