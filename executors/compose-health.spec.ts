import { formatUnhealthy, judge } from './compose-health';

test.each([
  ['running', 'healthy', true, 'healthy'],
  ['running', 'starting', true, 'waiting'],
  ['running', '', true, 'waiting'],
  ['running', '', false, 'healthy'],
  ['running', 'unhealthy', true, 'failed'],
  ['restarting', '', true, 'failed'],
  ['exited', '', false, 'failed'],
  ['created', '', true, 'waiting'],
] as const)('%s and %j, with a check: %s, is %s', (State, Health, isChecked, expected) => {
  expect(judge({ State, Health }, isChecked)).toBe(expected);
});

test('the first line names what is not healthy, then each says why', () => {
  const container = {
    Name: 'acme-dev-api-1',
    Service: 'api',
    State: 'running',
    Health: 'unhealthy',
  } as const;
  const waiting = { Name: 'acme-dev-proxy-1', Service: 'proxy', State: 'created', Health: '' } as const;
  const quiet = { Name: 'acme-dev-web-1', Service: 'web', State: 'restarting', Health: '' } as const;
  expect(
    formatUnhealthy([
      { container, exitCode: 0, healthLog: ['a', 'b', 'c', 'refused (exit code 1)'], logs: 'one\ntwo' },
      { container: waiting, exitCode: 0, healthLog: [], logs: '' },
      { container: quiet, exitCode: 3, healthLog: [], logs: '' },
      { container: { ...quiet, Name: 'acme-dev-web-2' }, exitCode: null, healthLog: [], logs: 'x' },
    ]).split('\n'),
  ).toEqual([
    'Not healthy: api, proxy, web.',
    'acme-dev-api-1 is unhealthy.',
    'Its last health checks:',
    '  b',
    '  c',
    '  refused (exit code 1)',
    'Its last log lines:',
    '  one',
    '  two',
    'acme-dev-web-1 stopped with exit code 3.',
    'It wrote no log.',
    'acme-dev-web-2 stops again and again.',
    'Its last log lines:',
    '  x',
    'Remove the stack with: nx compose-down',
  ]);
});
