import { checkStack, findCallCycle, findStackProblems } from './check-stack';
import { acmeStack, runtimeDefaults } from './fixture-arbitraries';
import { resolveService } from './resolve-service';
import type { ServiceDescription } from './service.gen';

function service(name: string, description: Partial<ServiceDescription>) {
  const facts = { name, root: `apps/${name}` };
  return resolveService({ runtime: 'node', ...description }, facts, acmeStack, runtimeDefaults, []);
}

test('services that get along', () => {
  checkStack([
    service('api', { port: 1, uid: 1001, calls: ['worker'] }),
    service('worker', { port: 2, uid: 1002, calls: ['api'] }),
  ]);
});

test('each problem, in the order of the projects', () => {
  const services = [
    service('worker', { port: 1, uid: 1001, calls: ['aip', 'mail'] }),
    service('api', { port: 1, uid: 1001 }),
    service('API', { port: 2, uid: 1002 }),
  ];
  expect(findStackProblems(services).map(({ file, key, message }) => `${file}: ${key}: ${message}`)).toEqual([
    'apps/worker/toolbox.yaml: port: 1 is the port of api (apps/api) as well',
    'apps/worker/toolbox.yaml: uid: 1001 is the user id of api (apps/api) as well',
    'apps/api/toolbox.yaml: : api is the container name of API (apps/API) as well',
    'apps/worker/toolbox.yaml: calls: aip is not a service. Did you mean API?',
    'apps/worker/toolbox.yaml: calls: mail is not a service. Use API or api.',
  ]);
  expect(() => checkStack(services)).toThrow('apps/api/toolbox.yaml: api is the container name of API');
});

test('two services at one public address, however its path ends', () => {
  const at = (path: string) => ({ expose: { host: 'app.example.com', path } });
  const services = [
    service('api', { port: 1, uid: 1001, ...at('/api') }),
    service('chat', { port: 2, uid: 1002, ...at('/api/') }),
    service('web', { port: 3, uid: 1003, ...at('/') }),
  ];
  expect(findStackProblems(services).map(({ key, message }) => `${key}: ${message}`)).toEqual([
    'expose: app.example.com/api/ is the public address of api (apps/api) as well',
  ]);
});

test.each<[Record<string, string[]>, string[] | null]>([
  [{ a: ['b'], b: ['c'], c: [] }, null],
  [{ a: ['b', 'c'], b: ['c'], c: [] }, null],
  [{ a: ['b'], b: ['a'] }, ['a', 'b', 'a']],
  [{ a: ['b'], b: ['c'], c: ['b'] }, ['b', 'c', 'b']],
  [{ a: ['unknown'] }, null],
])('cycle of %j', (calls, cycle) => {
  expect(findCallCycle(Object.entries(calls).map(([name, called]) => ({ name, calls: called })))).toEqual(
    cycle,
  );
});
