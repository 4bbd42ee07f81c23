import type { ConfiguredService } from '../../packages/engines/docker/compose-client';
import type { Service } from '../../packages/service/types';
import { findWeaknesses } from './weaknesses';

const sound: ConfiguredService = {
  environment: { DB_PASSWORD_FILE: '/run/secrets/db' },
  networks: { one: null },
  ports: [{ host_ip: '127.0.0.1', published: '80' }],
  read_only: true,
  user: '1001:1001',
  restart: 'unless-stopped',
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
  healthcheck: {},
  logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
  deploy: { resources: { limits: { cpus: 1, memory: '1', pids: 256 } } },
};
const weaknessesOf = (changes: Partial<ConfiguredService>, isDev = true) =>
  findWeaknesses({ name: 'acme', services: { api: { ...sound, ...changes } } }, [], isDev);

test('a sound container has none', () => {
  expect(weaknessesOf({})).toEqual([]);
});

test.each<[Partial<ConfiguredService>, string]>([
  [{ deploy: { resources: { limits: { cpus: 1, memory: '1' } } } }, 'limits lacks'],
  [{ logging: { driver: 'json-file' } }, 'its log has no limit'],
  [{ healthcheck: { disable: true } }, 'is switched off'],
  [{ healthcheck: undefined } as object, 'has no health check'],
  [{ restart: undefined } as object, 'is not started again'],
  [{ read_only: false }, 'can be written'],
  [{ cap_drop: [] }, 'keeps capabilities'],
  [{ privileged: true }, 'keeps capabilities'],
  [{ security_opt: ['no-new-privileges:false'] }, 'may gain privileges'],
  [{ user: '0:0' }, 'runs as root'],
  [{ user: undefined } as object, 'runs as root'],
  [{ environment: { DB_PASSWORD: 'x' } }, 'has a secret in its environment'],
  [{ volumes: [{ type: 'bind', source: '/var/run/docker.sock' }] }, 'mounts the socket'],
  [{ ports: [{ published: '80' }] }, 'publishes a port'],
])('%j is named, and nothing else', (changes, message) => {
  expect(weaknessesOf(changes)).toEqual([expect.stringContaining(message)]);
});

test('outside of dev a port may be published to everybody', () => {
  expect(weaknessesOf({ ports: [{ host_ip: '0.0.0.0', published: '80' }] }, false)).toEqual([]);
});

test('containers that share a network have to be declared', () => {
  const service = (name: string, calls: readonly string[]) =>
    ({ name, slug: name, uses: [], calls, expose: null, roles: [] }) as unknown as Service;
  const config = { name: 'acme', services: { api: sound, web: sound } };
  expect(findWeaknesses(config, [service('api', []), service('web', [])], true)).toEqual([
    expect.stringMatching(
      /^services\.api and services\.web share the network one, but neither names the other/,
    ),
  ]);
  expect(findWeaknesses(config, [service('api', []), service('web', ['api'])], true)).toEqual([]);
});
