import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { logger } from '@nx/devkit';
import type { RunRequest } from '../../packages/engines/engine';
import { buildLayout } from '../../packages/images/fixture-layout';
import type { ImageRecord } from '../../packages/images/image-record';
import { openLayout } from '../../packages/images/layout';
import { FixtureEngine, running } from '../fixture-engine';
import { FixtureWorkspace } from '../fixture-workspace';
import { startAndWatch } from './executor';
import { takesConnection } from './health';
import { planRun, projectLabel } from './plan';

let engine: FixtureEngine;
const request: RunRequest = {
  image: 'sha256:image',
  name: 'api',
  user: '1001:1001',
  publish: [],
  tmpfs: [],
  env: {},
  labels: { [projectLabel]: 'api' },
};
const detached = { detach: true, timeoutMs: 1_000 };

beforeEach(() => {
  engine = new FixtureEngine();
  jest.spyOn(logger, 'log').mockImplementation(() => undefined);
});
afterEach(() => void jest.restoreAllMocks());

describe('startAndWatch', () => {
  it('ends with success once the container is healthy', async () => {
    engine.script = [{ health: 'starting' }, { health: 'starting' }, { health: 'healthy' }];
    expect(await startAndWatch(engine, request, detached)).toBe(true);
    expect(engine.calls).toEqual(['start api']);
  });

  it('makes room where an earlier container of the project has the name', async () => {
    engine.containers.set('api', { ...running, id: 'old', labels: { [projectLabel]: 'api' } });
    expect(await startAndWatch(engine, request, detached)).toBe(true);
    expect(engine.calls).toEqual(['stop old', 'remove old', 'start api']);
  });

  it.each<[string, Record<string, string>, string]>([
    ['a stranger', {}, 'that docker-run did not start'],
    ['another project', { [projectLabel]: 'web' }, 'that belongs to the project web'],
  ])('refuses a container of %s', async (_, labels, message) => {
    engine.containers.set('api', { ...running, labels });
    await expect(startAndWatch(engine, request, detached)).rejects.toThrow(
      `A container named api exists ${message}. Remove it, or choose another name with --name.`,
    );
    expect(engine.calls).toEqual([]);
  });

  it.each<[string, FixtureEngine['script'], RegExp]>([
    [
      'is unhealthy',
      [{ health: 'unhealthy', healthLog: ['refused (exit code 1)'] }],
      /^api is unhealthy\.\nIts last health checks:\n {2}refused \(exit code 1\)\nIts last log lines:\n {2}the last 20 lines$/,
    ],
    ['stopped', [{ status: 'exited', exitCode: 3 }], /^api stopped with exit code 3\./],
    ['never gets healthy', [{ health: 'starting' }], /^api was not healthy within 1 s\./],
  ])('shows why and removes a container that %s', async (_, script, message) => {
    engine.script = script;
    await expect(startAndWatch(engine, request, detached)).rejects.toThrow(message);
    expect(engine.calls).toEqual(['start api', 'stop api', 'remove api']);
  });

  it('does not take another image for its own', async () => {
    engine.script = [{ health: 'healthy', image: 'sha256:other' }];
    await expect(startAndWatch(engine, request, detached)).rejects.toThrow(
      'runs sha256:other instead of sha256:image',
    );
  });

  it('shows the logs in the foreground, and leaves nothing behind', async () => {
    expect(await startAndWatch(engine, request, { ...detached, detach: false })).toBe(true);
    expect(engine.calls).toEqual(['start api', 'remove api afterwards', 'logs', 'stop api', 'remove api']);
  });

  it('fails where the container ends with an error', async () => {
    engine.script = [{ health: 'healthy' }, { status: 'exited', exitCode: 4 }];
    await expect(startAndWatch(engine, request, { ...detached, detach: false })).rejects.toThrow(
      'stopped with exit code 4',
    );
    expect(engine.containers.size).toBe(0);
  });

  it('stops the container when it is interrupted', async () => {
    engine.script = [{ health: 'starting' }];
    const ran = startAndWatch(engine, request, { detach: true, timeoutMs: 20_000 });
    setTimeout(() => process.emit('SIGTERM', 'SIGTERM'), 100);
    expect(await ran).toBe(false);
    expect(engine.calls).toEqual(['start api', 'stop api', 'remove api']);
  });

  it('waits for a connection where the image has no health check', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    engine.script = [{ health: 'none', ports: { '8080/tcp': port } }];
    const published = { ...request, publish: [{ host: '127.0.0.1', hostPort: port, containerPort: 8080 }] };
    expect(await startAndWatch(engine, published, detached)).toBe(true);
    server.close();
  });
});

describe('takesConnection', () => {
  it('is not fooled by a proxy that drops what it takes', async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    expect(await takesConnection('127.0.0.1', (server.address() as AddressInfo).port)).toBe(false);
    server.close();
  });
});

describe('planRun', () => {
  let workspace: FixtureWorkspace;
  beforeEach(() => void (workspace = new FixtureWorkspace()));
  afterEach(() => workspace.remove());

  function planned(options: Parameters<typeof planRun>[0], config: object = {}) {
    const folder = join(workspace.root, 'dist/images/api');
    const record = buildLayout(folder, [[{ path: 'app' }]], { config }) as unknown as ImageRecord;
    return planRun(
      options,
      workspace.context,
      { name: 'api', root: 'apps/api' },
      { record, layout: openLayout(folder) },
    );
  }

  it('starts a service as its description says', () => {
    workspace.write(
      'apps/api/toolbox.yaml',
      'runtime: node\nport: 8080\nuid: 1007\nresources: { cpu: 250m..500m, memory: 128Mi..256Mi }\n',
    );
    expect(planned({})).toMatchObject({
      name: 'api',
      user: '1007:1007',
      publish: [{ host: '127.0.0.1', hostPort: 8080, containerPort: 8080 }],
      tmpfs: ['/tmp'],
      memory: String(256 * 2 ** 20),
      cpus: '0.5',
      labels: { [projectLabel]: 'api' },
    });
    expect(planned({ port: 9000, host: '0.0.0.0', name: 'mine', memory: '1g' })).toMatchObject({
      name: 'mine',
      memory: '1g',
      publish: [{ host: '0.0.0.0', hostPort: 9000, containerPort: 8080 }],
    });
  });

  it('mounts secrets as the services read them', () => {
    workspace.write('apps/api/toolbox.yaml', 'runtime: node\nport: 8080\n');
    workspace.write('secrets/password', 'x');
    const secrets = { 'postgres-password': 'secrets/password' };
    expect(planned({ secrets }).files).toEqual({
      '/run/secrets/postgres-password': join(workspace.root, 'secrets/password'),
    });
    expect(() => planned({ secrets: { a: 'nowhere' } })).toThrow('--secrets.a: nowhere does not exist.');
    expect(() => planned({ secrets: { '../a': 'secrets/password' } })).toThrow(
      '"../a" is not the name of a secret',
    );
  });

  it('knows the roles of a service', () => {
    workspace.write('apps/api/toolbox.yaml', 'runtime: node\nport: 8080\n');
    expect(() => planned({ role: 'beat' })).toThrow('api: --role: the service has no roles. Leave it out.');
  });

  it('asks the image where there is no description', () => {
    const found = planned(
      {},
      { User: 'nobody', ExposedPorts: { '53/udp': {}, '9000/tcp': {}, '8080/tcp': {} } },
    );
    expect(found).toMatchObject({ user: 'nobody', publish: [{ hostPort: 8080, containerPort: 8080 }] });
    expect(planned({})).toMatchObject({ user: '', publish: [] });
    expect(() => planned({ port: 1 })).toThrow('api: --port: the image exposes no port.');
  });

  it('refuses a name that is none', () => {
    expect(() => planned({ name: 'a b' })).toThrow('--name: "a b" is no container name.');
  });
});
