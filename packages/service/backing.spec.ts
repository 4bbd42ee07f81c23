import { backingOf, resolveBacking } from './backing';
import { parseStackDescription } from './parse';

const parse = (text: string) => parseStackDescription(text, 'infrastructure/toolbox.yaml');

test('only what is used is there, with its defaults', () => {
  const backing = resolveBacking(undefined);
  expect(backingOf({ backing }, [{ uses: [] }])).toEqual([]);
  expect(backingOf({ backing }, [{ uses: ['redis'] }, { uses: ['redis'] }])).toEqual([
    {
      name: 'redis',
      version: '8',
      image: 'redis-8',
      port: 6379,
      uid: 999,
      storage: '1Gi',
      resources: { cpu: { request: '100m', limit: '1' }, memory: { request: '64Mi', limit: '256Mi' } },
      environments: {},
    },
  ]);
});

test('an environment differs in what it names, and in nothing else', () => {
  const { backing } = parse(
    'backing:\n  postgres:\n    resources: { memory: 1Gi..2Gi }\n    env:\n      dev: { resources: { cpu: 50m } }\n      production: { storage: 99Gi }\n',
  );
  const stack = { backing: resolveBacking(backing) };
  const inEnvironment = (name?: string) => backingOf(stack, [{ uses: ['postgres'] }], name)[0];
  expect(inEnvironment()).toMatchObject({ storage: '10Gi', resources: { cpu: { limit: '1' } } });
  expect(inEnvironment('dev')).toMatchObject({
    storage: '10Gi',
    resources: { cpu: { limit: '50m' }, memory: { limit: '2Gi' } },
  });
  expect(inEnvironment('production')).toMatchObject({ storage: '99Gi', resources: { cpu: { limit: '1' } } });
});

test.each([
  ['resources: { memory: 2Gi..1Gi }', 'backing.postgres.resources.memory: the request 2Gi is more'],
  ['resources: { cpu: 0..0 }', 'backing.postgres.resources.cpu: the limit 0 is nothing'],
  [
    'env: { stagging: { storage: 1Gi } }',
    'stagging is not an environment of the stack. Did you mean staging?',
  ],
  ['version: 9', 'backing.postgres.version'],
  ['storage: much', 'is not a size such as 10Gi'],
])('%s is refused', (line, message) => {
  expect(() => parse(`backing:\n  postgres:\n    ${line}\n`)).toThrow(message);
});
