import { judgeRollout, type Workload } from './rollout';

function workload(kind: string, spec: object, status: object): Workload {
  const metadata = { name: 'api', uid: '1', generation: 2 };
  return { apiVersion: 'apps/v1', kind, metadata, spec, status: { observedGeneration: 2, ...status } };
}

it.each<[string, string, object, object, string]>([
  ['runs', 'Deployment', { replicas: 2 }, { replicas: 2, updatedReplicas: 2, availableReplicas: 2 }, 'done'],
  [
    'is not seen yet',
    'Deployment',
    { replicas: 2 },
    { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
    'waits',
  ],
  [
    'has an old pod left',
    'Deployment',
    { replicas: 2 },
    { replicas: 3, updatedReplicas: 2, availableReplicas: 2 },
    'waits',
  ],
  [
    'is not available',
    'Deployment',
    { replicas: 2 },
    { replicas: 2, updatedReplicas: 2, availableReplicas: 1 },
    'waits',
  ],
  ['is switched off', 'Deployment', { replicas: 0 }, {}, 'done'],
  [
    'has pods of both versions',
    'StatefulSet',
    { replicas: 2 },
    { updatedReplicas: 1, availableReplicas: 2 },
    'waits',
  ],
  [
    'keeps a partition',
    'StatefulSet',
    { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } },
    { updatedReplicas: 1, availableReplicas: 2 },
    'done',
  ],
  [
    'is on every node',
    'DaemonSet',
    {},
    { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3 },
    'done',
  ],
  [
    'waits for a node',
    'DaemonSet',
    {},
    { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 2 },
    'waits',
  ],
  ['is through', 'Job', {}, { succeeded: 1 }, 'done'],
  ['failed', 'Job', {}, { conditions: [{ type: 'Failed', status: 'True', message: 'too often' }] }, 'failed'],
])('what %s: %s', (_, kind, spec, status, state) =>
  expect(judgeRollout(workload(kind, spec, status)).state).toBe(state),
);

it('says who refuses the pods, but not what an older version came to', () => {
  const conditions = [
    { type: 'ReplicaFailure', status: 'True', message: 'pods "api" is forbidden: exceeded quota: q' },
  ];
  expect(judgeRollout(workload('Deployment', {}, { conditions }))).toEqual({
    state: 'failed',
    progress: 'Deployment/api: a quota refuses its pods: pods "api" is forbidden: exceeded quota: q',
  });
  expect(judgeRollout(workload('Deployment', {}, { conditions, observedGeneration: 1 })).state).toBe('waits');
});
