import type { SmokeStep } from '../../packages/service/types';
import { runSmoke, type Ask } from './smoke';

const step = (changes: Partial<SmokeStep>): SmokeStep => ({
  name: 'a step',
  method: 'GET',
  path: '/',
  headers: {},
  json: undefined,
  status: 200,
  contains: null,
  keep: {},
  ...changes,
});
const login = step({
  name: 'log in',
  method: 'POST',
  path: '/login',
  json: { user: 'me', password: '${env:PASSWORD}', roles: ['${env:PASSWORD}', 1, null] },
  keep: { token: '/data/0/a~1b' },
});
const me = step({
  name: 'me',
  path: '/me?as=${token}',
  headers: { authorization: 'Bearer ${token}' },
  contains: 'hello',
});

it('carries values from one answer to the next request', async () => {
  const asked: Parameters<Ask>[0][] = [];
  const answers = ['{"data":[{"a/b":"t0k3n"}]}', 'hello you'];
  const results = await runSmoke(
    [login, me],
    'http://127.0.0.1:80',
    (request) => {
      asked.push(request);
      return Promise.resolve({ status: 200, text: answers[asked.length - 1]! });
    },
    { PASSWORD: 'p' },
  );
  expect(results.map(({ passed }) => passed)).toEqual([true, true]);
  expect(asked).toEqual([
    {
      method: 'POST',
      url: 'http://127.0.0.1/login',
      headers: {},
      body: '{"user":"me","password":"p","roles":["p",1,null]}',
    },
    {
      method: 'GET',
      url: 'http://127.0.0.1/me?as=t0k3n',
      headers: { authorization: 'Bearer t0k3n' },
      body: undefined,
    },
  ]);
  expect(JSON.stringify(results)).not.toMatch(/t0k3n|"p"/);
});

it.each<[SmokeStep, { status: number; text: string }, string]>([
  [step({}), { status: 503, text: '' }, 'status 503'],
  [step({ contains: 'x' }), { status: 200, text: 'y' }, 'status 200 without that text'],
  [
    step({ keep: { token: '/token' } }),
    { status: 200, text: '{}' },
    'status 200, and nothing at /token for token',
  ],
  [
    step({ keep: { token: '/token' } }),
    { status: 200, text: 'no JSON' },
    'status 200, and nothing at /token for token',
  ],
  [step({ path: '/${token}' }), { status: 200, text: '' }, 'no value for ${token}'],
  [step({ json: { a: '${env:NOT_THERE}' } }), { status: 200, text: '' }, 'no value for ${env:NOT_THERE}'],
])('stops at %j', async (failing, answer, found) => {
  const results = await runSmoke(
    [failing, step({ name: 'never' })],
    'http://127.0.0.1',
    () => Promise.resolve(answer),
    {},
  );
  expect(results.map((result) => [result.passed, result.found])).toEqual([[false, found]]);
});

it('tells a service that does not answer', async () => {
  const [result] = await runSmoke([step({})], 'http://127.0.0.1', () =>
    Promise.reject(new Error('fetch failed')),
  );
  expect(result).toMatchObject({ passed: false, found: 'no answer (fetch failed)' });
});
