import { podProblem, type Pod } from './pod-problem';

const pod = (
  container: object,
  conditions: readonly { type: string; status: string; message?: string }[] = [],
): Pod => ({
  metadata: { name: 'api-1', uid: '1' },
  status: {
    conditions,
    containerStatuses: [{ name: 'api', image: 'acme/api', ready: false, restartCount: 0, ...container }],
  },
});
const waiting = (reason: string, more: object = {}) =>
  pod({ state: { waiting: { reason, message: 'so it is' } }, ...more });
const ended = (exitCode: number, reason = 'Error') => ({ lastState: { terminated: { exitCode, reason } } });

it.each<[string, Pod, string, boolean]>([
  ['image', waiting('ImagePullBackOff'), 'the image of api cannot be pulled: acme/api: so it is', true],
  ['secret that is missing', waiting('CreateContainerConfigError'), 'api cannot be started: so it is', true],
  [
    'loop',
    waiting('CrashLoopBackOff', { restartCount: 2, ...ended(1) }),
    'api crashes with exit code 1, 2 restarts',
    true,
  ],
  [
    'first crash',
    waiting('CrashLoopBackOff', { restartCount: 1, ...ended(1) }),
    'api crashes with exit code 1, 1 restart',
    false,
  ],
  [
    'memory',
    pod({ restartCount: 1, ...ended(137, 'OOMKilled') }),
    'api crashes with exit code 137 (out of memory), 1 restart',
    false,
  ],
  ['probe', pod({ state: {} }), 'api runs, but is not ready', false],
  [
    'node',
    pod({}, [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes' }]),
    'no node can take it: 0/3 nodes',
    false,
  ],
])('%s', (_, found, why, isFinal) => expect(podProblem(found)).toMatchObject({ why, isFinal }));

it('has nothing against a pod that is ready, or that nobody has looked at yet', () => {
  expect(podProblem(pod({ ready: true }, [{ type: 'Ready', status: 'True' }]))).toBeNull();
  expect(podProblem({ metadata: { name: 'api-1', uid: '1' } })).toBeNull();
});
