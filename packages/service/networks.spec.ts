import fc from 'fast-check';
import { containersOf, edgesOf, publishedOf, startOrder } from './edges';
import { networksOf } from './networks';
import type { Service } from './types';

type Said = Partial<Pick<Service, 'uses' | 'calls' | 'expose' | 'roles'>>;

function service(name: string, said: Said = {}): Service {
  return { name, slug: name, uses: [], calls: [], expose: null, roles: [], ...said } as unknown as Service;
}

const expose = { host: 'a.example.com', path: '/', webSocket: false, rateLimit: null, stripPath: false };
const roles = ['worker', 'beat'].map((name) => ({ name, command: [name], single: false, writes: [] }));
const isProxy = ({ name }: Service) => name === 'proxy';
const stack = [
  service('api', { uses: ['postgres'], calls: ['worker'], expose }),
  service('lonely'),
  service('proxy', { calls: ['api', 'web'] }),
  service('web', { expose }),
  service('worker', { uses: ['postgres'], roles }),
];

test('edges are what is declared, for each container of a service', () => {
  expect(edgesOf(stack, isProxy).map(({ from, to, kind }) => `${from} ${kind} ${to}`)).toEqual([
    'api uses postgres',
    'api calls worker',
    'proxy proxies api',
    'proxy proxies web',
    'worker uses postgres',
    'worker-beat uses postgres',
  ]);
});

test('networks are named after their edge, and only those of data are internal', () => {
  const networks = networksOf(stack, edgesOf(stack, isProxy), publishedOf(stack, isProxy));
  expect(networks.map(({ name, internal }) => (internal ? `${name} internal` : name))).toEqual([
    'backend_api_worker',
    'backend_lonely',
    'data_api_postgres internal',
    'data_worker-beat_postgres internal',
    'data_worker_postgres internal',
    'frontend_proxy_api',
    'frontend_proxy_web',
  ]);
});

test('what is exposed is published where there is no proxy, on a network that leads out', () => {
  const services = [service('api', { expose, uses: ['redis'] }), service('hidden')];
  const published = publishedOf(services, isProxy);
  expect(published.map(({ name }) => name)).toEqual(['api']);
  expect(networksOf(services, edgesOf(services), published).map(({ name }) => name)).toEqual([
    'backend_hidden',
    'data_api_redis',
    'frontend_api',
  ]);
});

test('a circle of calls has a start order all the same', () => {
  const services = [
    service('a', { calls: ['b'] }),
    service('b', { calls: ['c'] }),
    service('c', { calls: ['a'] }),
  ];
  expect([...startOrder(edgesOf(services))]).toEqual([
    ['a', ['b']],
    ['b', ['c']],
  ]);
});

const names = ['a', 'b', 'c', 'd', 'e'];
const anyStack = fc
  .array(
    fc.record({
      uses: fc.uniqueArray(fc.constantFrom('postgres', 'redis')),
      calls: fc.uniqueArray(fc.constantFrom(...names)),
      roles: fc.constantFrom([], roles),
      expose: fc.constantFrom(null, expose),
    }),
    { minLength: 5, maxLength: 5 },
  )
  .map((said) =>
    said.map((one, at) =>
      service(names[at]!, { ...one, calls: one.calls.filter((name) => name !== names[at]) }),
    ),
  );

test('two containers share a network exactly where an edge joins them, and everyone has one', () => {
  fc.assert(
    fc.property(anyStack, (services) => {
      const first = ({ name }: Service) => name === 'a';
      const edges = edgesOf(services, first);
      const networks = networksOf(services, edges, publishedOf(services, first));
      const containers = services.flatMap((one) => containersOf(one).map(({ name }) => name));
      for (const one of containers) {
        expect(networks.some(({ members }) => members.includes(one))).toBe(true);
        for (const other of [...containers, 'postgres', 'redis']) {
          if (one === other) continue;
          const joined = networks.some(({ members }) => members.includes(one) && members.includes(other));
          const declared = edges.some(
            ({ from, to }) => (from === one && to === other) || (from === other && to === one),
          );
          expect([one, other, joined]).toEqual([one, other, declared]);
        }
      }
      expect(new Set(networks.map(({ name }) => name)).size).toBe(networks.length);
    }),
  );
});

test('nothing waits for itself, however calls go round', () => {
  fc.assert(
    fc.property(anyStack, (services) => {
      const order = startOrder(edgesOf(services));
      const waits = (name: string, path: readonly string[]): void => {
        expect(path).not.toContain(name);
        for (const next of order.get(name) ?? []) waits(next, [...path, name]);
      };
      for (const name of order.keys()) waits(name, []);
    }),
  );
});
