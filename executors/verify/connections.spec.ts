import { attemptsFor, judgeConnections, type Listener } from './connections';

const listeners: readonly Listener[] = [
  { name: 'api', port: 3000, addresses: ['172.20.0.2', '172.21.0.2'] },
  { name: 'postgres', port: 5432, addresses: ['172.21.0.3'] },
  { name: 'web', port: 8080, addresses: ['172.20.0.3'] },
];
const edges = [
  { from: 'web', to: 'api', kind: 'proxies' as const },
  { from: 'api', to: 'postgres', kind: 'uses' as const },
];

it('tries a declared edge by name, everything else by name and by every address', () => {
  const attempts = attemptsFor('web', listeners, edges);
  expect(attempts.map(({ to, host, allowed }) => [to, host, allowed])).toEqual([
    ['api', 'api', true],
    ['postgres', 'postgres', false],
    ['postgres', '172.21.0.3', false],
  ]);
});

it('does not try the way back along an edge: a network has no direction', () => {
  expect(attemptsFor('postgres', listeners, edges).map(({ host }) => host)).toEqual(['web', '172.20.0.3']);
});

it('judges each pair once: an edge has to connect, anything else must not, whichever way', () => {
  const attempts = attemptsFor('web', listeners, edges);
  expect(judgeConnections(attempts, [true, false, false]).every(({ passed }) => passed)).toBe(true);
  expect(judgeConnections(attempts, [false, false, true])).toMatchObject([
    { check: 'connects', subject: 'web -> api', passed: false, found: 'no connection' },
    { check: 'isolated', subject: 'web -> postgres', passed: false, found: 'connects to 172.21.0.3:5432' },
  ]);
});
