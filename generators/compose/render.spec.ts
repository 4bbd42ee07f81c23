import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ComposeFile, Port } from './compose-file';
import { stackTree } from '../../packages/workspace/fixture-stack';
import composeGenerator from './generator';

const folder = 'infrastructure/docker/compose';
const names = [
  ...['', '.dev', '.staging', '.prod'].map((part) => `docker-compose${part}.yml`),
  ...['staging', 'prod'].map((environment) => `docker-stack.${environment}.yml`),
];

async function rendered(changes: Parameters<typeof stackTree>[0] = {}): Promise<Record<string, ComposeFile>> {
  const tree = stackTree(changes);
  await composeGenerator(tree, {});
  return Object.fromEntries(
    tree
      .children(folder)
      .map((name) => [
        name,
        parse(tree.read(`${folder}/${name}`, 'utf-8')!, { version: '1.1' }) as ComposeFile,
      ]),
  );
}

const formatPort = ({ host_ip, published, target }: Port) => `${host_ip}:${published}:${target}`;

/** `UPDATE_GOLDEN=1 npx jest generators/compose` writes the golden files; review their diff. */
test.each(names)('%s of a stack of all runtimes equals its golden file', async (name) => {
  const tree = stackTree();
  await composeGenerator(tree, {});
  const text = tree.read(`${folder}/${name}`, 'utf-8')!;
  const golden = join(__dirname, 'golden', name);
  if (process.env['UPDATE_GOLDEN']) {
    mkdirSync(join(__dirname, 'golden'), { recursive: true });
    writeFileSync(golden, text);
  }
  expect(text).toBe(readFileSync(golden, 'utf8'));
});

test('no overlay drops a limit, and every container has all of them', async () => {
  const files = await rendered();
  for (const [name, { services }] of Object.entries(files))
    for (const [container, { deploy, ...entry }] of Object.entries(services)) {
      const limits = deploy?.resources.limits;
      // A Swarm knows no limit of swap.
      const memswap_limit = name.startsWith('docker-stack') ? limits?.memory : entry.memswap_limit;
      expect([name, container, limits?.pids, limits?.memory, typeof limits?.cpus]).toEqual([
        name,
        container,
        256,
        memswap_limit,
        'string',
      ]);
    }
});

test('every container is locked down', async () => {
  const { services } = (await rendered())['docker-compose.yml']!;
  for (const entry of Object.values(services)) {
    expect(entry).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      restart: 'unless-stopped',
      logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
      healthcheck: { interval: '10s' },
    });
    expect(entry.user).toMatch(/^(999|100\d):/);
    expect(JSON.stringify(entry.environment ?? {})).not.toMatch(/PASSWORD":/);
  }
});

test('only the proxy publishes, in dev on loopback', async () => {
  const files = await rendered();
  const published = (file: string) =>
    Object.entries(files[file]!.services).flatMap(([name, { ports = [] }]) =>
      ports.map((port) => `${name} ${formatPort(port)}`),
    );
  expect(published('docker-compose.yml')).toEqual([]);
  expect(published('docker-compose.dev.yml')).toEqual([
    'proxy 127.0.0.1:${PROXY_PORT:-8080}:8080',
    'proxy 127.0.0.1:${PROXY_TLS_PORT:-8443}:8443',
    'reports 127.0.0.1:${REPORTS_DEBUG_PORT:-9232}:9229',
  ]);
  expect(published('docker-compose.prod.yml')).toEqual([
    'proxy ${PUBLISH_ADDRESS:-0.0.0.0}:${PROXY_PORT:-80}:8080',
    'proxy ${PUBLISH_ADDRESS:-0.0.0.0}:${PROXY_TLS_PORT:-443}:8443',
  ]);
});

test('without a proxy what is exposed publishes', async () => {
  const files = await rendered({ 'apps/proxy': null });
  expect(files['docker-compose.dev.yml']!.services['api']!.ports).toEqual([
    { target: 8000, host_ip: '127.0.0.1', published: '${API_PORT:-8000}' },
  ]);
  expect(files['docker-compose.prod.yml']!.services['web']).toMatchObject({
    ports: [{ published: '${WEB_PORT:-8081}' }],
    deploy: { replicas: 1 },
  });
});

test('a debugger is reached even where its service is on internal networks only', async () => {
  const files = await rendered({ 'apps/api': 'runtime: fastapi\nport: 8000\nuid: 1001\n' });
  expect(files['docker-compose.dev.yml']).toMatchObject({
    services: { reports: { networks: ['backend_reports'] } },
    networks: { backend_reports: {} },
  });
});

test('a role that may run once is never scaled', async () => {
  const { services } = (await rendered())['docker-compose.prod.yml']!;
  expect([services['worker']?.deploy?.replicas, services['worker-beat']?.deploy?.replicas]).toEqual([2, 1]);
});

test('what an environment says of limits reaches the settings that depend on them', async () => {
  const changed = 'name: acme\nbacking: { redis: { env: { production: { resources: { memory: 1Gi } } } } }\n';
  const files = await rendered({ infrastructure: changed });
  expect(files['docker-compose.prod.yml']!.services['redis']?.command?.[2]).toContain('--maxmemory 614mb');
  expect(files['docker-compose.staging.yml']!.services['redis']?.command).toBeUndefined();
});

test('a circle of calls starts, and says so', async () => {
  const tree = stackTree({
    'apps/reports': 'runtime: node\nport: 3000\nuid: 1004\ncalls: [api]\n',
  });
  await composeGenerator(tree, {});
  expect(tree.read(`${folder}/docker-compose.yml`, 'utf-8')).toContain(
    '  # Starts without waiting for api: the calls go round in a circle.\n  reports:',
  );
});

test.each([
  ['calls: [wroker]', /^apps\/tools\/toolbox.yaml: calls: wroker is not a service\. Did you mean worker\?$/],
  ['port: 8000', /8000 is the port of tools already/],
  [
    'env: { stagging: { scale: { min: 1 } } }',
    /stagging is not an environment of the stack\. Did you mean staging\?/,
  ],
])('%s is one clear line', async (line, message) => {
  const description = `runtime: python\nuid: 1005\n${line}\n`;
  await expect(rendered({ 'apps/tools': description })).rejects.toThrow(message);
});
