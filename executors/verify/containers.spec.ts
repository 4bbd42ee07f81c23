import type { ProjectContainer } from '../../packages/engines/docker/project-containers';
import { judgeContainers, type ExpectedContainer } from './containers';

const wanted: ExpectedContainer = {
  name: 'api',
  description: 'apps/api/toolbox.yaml',
  user: '1001:1001',
  networks: ['data_api_postgres'],
  published: false,
};
const right: ProjectContainer = {
  id: 'f00',
  container: 'acme-dev-api-1',
  service: 'api',
  status: 'running',
  exitCode: 0,
  health: 'healthy',
  healthLog: ['ok'],
  user: '1001:1001',
  readOnly: true,
  privileged: false,
  capDrop: ['ALL'],
  capAdd: [],
  securityOpt: ['no-new-privileges:true'],
  memoryBytes: 256 * 1024 ** 2,
  nanoCpus: 5e8,
  pids: 100,
  environment: { PORT: '3000', POSTGRES_PASSWORD_FILE: '/run/secrets/postgres-password', EMPTY_TOKEN: '' },
  networks: [{ name: 'data_api_postgres', address: '172.20.0.2' }],
  ports: [],
};
const failuresOf = (
  changes: Partial<ProjectContainer>,
  expected: Partial<ExpectedContainer> = {},
  loopbackOnly = true,
) =>
  judgeContainers([{ ...wanted, ...expected }], [{ ...right, ...changes }], { loopbackOnly })
    .filter(({ passed }) => !passed)
    .map(({ check, found }) => [check, found]);

it('finds nothing where all is as described', () => {
  const results = judgeContainers([wanted], [right], { loopbackOnly: true });
  expect(results.map(({ check, passed }) => [check, passed])).toEqual(
    [
      'running',
      'health',
      'user',
      'read-only',
      'privileges',
      'limits',
      'environment',
      'networks',
      'ports',
    ].map((check) => [check, true]),
  );
  expect(results.every(({ fix }) => fix === null)).toBe(true);
});

it.each<[Partial<ProjectContainer>, string, string]>([
  [{ user: '' }, 'user', "root (the image's default)"],
  [{ user: '1002:1002' }, 'user', '1002:1002'],
  [{ readOnly: false }, 'read-only', 'writable'],
  [{ capDrop: [] }, 'privileges', 'keeps capabilities'],
  [{ capAdd: ['NET_ADMIN'] }, 'privileges', 'adds NET_ADMIN'],
  [{ securityOpt: [] }, 'privileges', 'may gain privileges'],
  [{ securityOpt: ['no-new-privileges:false'] }, 'privileges', 'may gain privileges'],
  [{ privileged: true }, 'privileges', 'privileged'],
  [{ memoryBytes: 0 }, 'limits', 'no limit of memory'],
  [{ nanoCpus: 0, pids: -1 }, 'limits', 'no limit of CPU, processes'],
  [{ environment: { DB_PASSWORD: 'hunter2' } }, 'environment', 'DB_PASSWORD'],
  [{ environment: { DATABASE_URL: 'postgres://me:hunter2@postgres/db' } }, 'environment', 'DATABASE_URL'],
  [
    { networks: [...right.networks, { name: 'other_default', address: '172.30.0.2' }] },
    'networks',
    'also on other_default',
  ],
  [{ networks: [] }, 'networks', 'not on data_api_postgres'],
  [{ health: 'none', healthLog: [] }, 'health', 'no health check'],
  [
    { health: 'unhealthy', healthLog: ['a', 'connection refused'] },
    'health',
    'unhealthy: connection refused',
  ],
  [{ ports: [{ host: '127.0.0.1', hostPort: 3000, containerPort: '3000/tcp' }] }, 'ports', '127.0.0.1:3000'],
])('names exactly what is wrong: %j', (changes, check, found) => {
  expect(failuresOf(changes)).toEqual([[check, found]]);
});

it('says once that a container has stopped, or is not there', () => {
  expect(failuresOf({ status: 'exited', exitCode: 137, health: 'none', networks: [] })).toEqual([
    ['running', 'exited with 137'],
  ]);
  expect(judgeContainers([wanted], [], { loopbackOnly: true })).toMatchObject([
    { check: 'running', passed: false, found: 'no container' },
  ]);
});

it('wants what stands at the front published, in dev on loopback only', () => {
  const on = (host: string) => ({ ports: [{ host, hostPort: 80, containerPort: '8080/tcp' }] });
  expect(failuresOf(on('127.0.0.1'), { published: true })).toEqual([]);
  expect(failuresOf(on('0.0.0.0'), { published: true })).toEqual([['ports', '0.0.0.0:80']]);
  expect(failuresOf(on('0.0.0.0'), { published: true }, false)).toEqual([]);
  expect(failuresOf({}, { published: true })).toEqual([['ports', 'not published']]);
});

it('never prints the value of a setting', () => {
  const results = judgeContainers([wanted], [{ ...right, environment: { API_TOKEN: 'hunter2' } }], {
    loopbackOnly: true,
  });
  expect(JSON.stringify(results)).not.toContain('hunter2');
});

it('takes any user but root for a backing service', () => {
  expect(failuresOf({ user: '999:999' }, { user: null })).toEqual([]);
  expect(failuresOf({ user: '0:0' }, { user: null })).toEqual([['user', '0:0']]);
});
