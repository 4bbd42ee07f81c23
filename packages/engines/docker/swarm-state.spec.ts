import { failuresOf, progressOf, type SwarmServiceState, type SwarmTask } from './swarm-state';

const spec = (image: string) => ({ ContainerSpec: { Image: image }, Resources: {}, ForceUpdate: 0 });

function service(image: string, replicas = 2, update?: SwarmServiceState['UpdateStatus']): SwarmServiceState {
  return {
    ID: 's',
    Spec: { Name: 'acme_api', TaskTemplate: spec(image), Mode: { Replicated: { Replicas: replicas } } },
    ...(update ? { UpdateStatus: update } : {}),
  };
}

let made = 0;
function task(
  image: string,
  state = 'running',
  more: Partial<SwarmTask> & { readonly err?: string } = {},
): SwarmTask {
  made += 1;
  return {
    ID: `t${made}`,
    ServiceID: 's',
    CreatedAt: `2026-01-01T00:00:${String(made % 60).padStart(2, '0')}Z`,
    // As the Swarm writes it: without the empty objects of the service's own.
    Spec: { ContainerSpec: { Image: image, DNSConfig: {} } },
    DesiredState: 'running',
    Status: { State: state, ...(more.err ? { Err: more.err } : {}) },
    ...more,
  };
}

const start = { before: undefined, known: new Set<string>() };

describe('progressOf', () => {
  it.each<[string, SwarmServiceState, readonly SwarmTask[], object]>([
    ['all run', service('b'), [task('b'), task('b')], { state: 'converged', running: 2, wanted: 2 }],
    [
      'one is starting',
      service('b'),
      [task('b'), task('b', 'starting')],
      { state: 'waiting', running: 1, wanted: 2 },
    ],
    [
      'those that run are of the version before',
      service('b'),
      [task('a'), task('a')],
      { state: 'waiting', running: 0, wanted: 2 },
    ],
    [
      'those that run are to be stopped',
      service('b', 1),
      [task('b', 'running', { DesiredState: 'shutdown' })],
      { state: 'waiting' },
    ],
    [
      'all run, but the update is still watched',
      service('b', 1, { State: 'updating', StartedAt: 'now' }),
      [task('b')],
      { state: 'waiting' },
    ],
    [
      'the update is over',
      service('b', 1, { State: 'completed', StartedAt: 'now' }),
      [task('b')],
      { state: 'converged' },
    ],
    ['the service is to have none', service('b', 0), [], { state: 'converged', wanted: 0 }],
    [
      'the Swarm takes it back',
      service('a', 1, {
        State: 'rollback_started',
        StartedAt: 'now',
        Message: 'update rolled back due to failure',
      }),
      [task('a')],
      { state: 'failed', why: 'update rolled back due to failure' },
    ],
    ['it is paused', service('b', 1, { State: 'paused', StartedAt: 'now' }), [], { state: 'failed' }],
    [
      'no task can be started',
      service('b', 1),
      [1, 2, 3].map(() => task('b', 'rejected', { err: 'No such image: b' })),
      { state: 'failed', why: 'No such image: b' },
    ],
    [
      'a task could not be started twice',
      service('b', 1),
      [1, 2].map(() => task('b', 'rejected')),
      { state: 'waiting' },
    ],
  ])('%s', (_, state, tasks, expected) => {
    expect(progressOf(state, tasks, start)).toMatchObject(expected);
  });

  it('does not hold the failure of an earlier update against this one', () => {
    const state = service('a', 1, { State: 'rollback_completed', StartedAt: 'earlier' });
    expect(progressOf(state, [task('a')], { ...start, before: 'earlier' }).state).toBe('converged');
  });

  it('does not count what was rejected before', () => {
    const old = [1, 2, 3].map(() => task('b', 'rejected'));
    const known = new Set(old.map(({ ID }) => ID));
    expect(progressOf(service('b', 1), old, { before: undefined, known }).state).toBe('waiting');
  });
});

it('names each failure once, the newest first, and none of before', () => {
  const [old, first, again, other] = [
    task('b', 'failed', { err: 'exit 3' }),
    task('b', 'failed', { err: 'exit 1' }),
    task('b', 'failed', { err: 'exit 1' }),
    task('b', 'rejected', { err: 'no image' }),
  ] as const;
  const found = failuresOf([old, first, task('b'), again, other], new Set([old.ID]));
  expect(found.map(({ ID }) => ID)).toEqual([other.ID, again.ID]);
});
