import type { PathComment } from '../../packages/files/serialise';
import type { KubernetesObject } from './kubernetes-object';

type Path = PathComment['path'];

const pod: Path = ['spec', 'template', 'spec'];
const container: Path = [...pod, 'containers', 0];

/** Why a value is as it is, by kind; those whose path an object does not have are left out. */
const reasons: Readonly<Record<string, readonly (readonly [path: Path, comment: string])[]>> = {
  Deployment: [
    [['spec', 'replicas'], 'It may run once only: two would do everything twice.'],
    [
      ['spec', 'strategy', 'rollingUpdate'],
      'The old pod goes when the new one is ready: never fewer than were asked for.',
    ],
    [
      ['spec', 'template', 'metadata', 'annotations', 'checksum/settings'],
      'Of the ConfigMap: pods are replaced when a setting changes.',
    ],
    [[...pod, 'enableServiceLinks'], 'Without them, every Service of the namespace would be variables here.'],
    [[...pod, 'topologySpreadConstraints'], 'One node or zone that fails does not take all pods with it.'],
    [
      [...container, 'startupProbe'],
      'Until it succeeds the other two wait: `health.start` of the description.',
    ],
    [
      [...container, 'lifecycle'],
      'The pod still gets connections until every node knows that it goes; then the program is told to stop.',
    ],
    [
      [...container, 'resources', 'limits', 'ephemeral-storage'],
      'The writable folders, the logs, and as much again.',
    ],
    [[...pod, 'terminationGracePeriodSeconds'], 'The wait of preStop, and 30 seconds to finish what runs.'],
  ],
  StatefulSet: [
    [[...pod, 'terminationGracePeriodSeconds'], 'Time for a last checkpoint.'],
    [['spec', 'replicas'], 'One server. More of them need replication, which an operator does better.'],
    [['spec', 'persistentVolumeClaimRetentionPolicy'], 'The data outlives the StatefulSet.'],
    [
      [...container, 'command'],
      'The password goes through a file that only Redis reads: arguments can be seen.',
    ],
    [[...container, 'livenessProbe'], 'Patient: a restart in the middle of a recovery makes it longer.'],
  ],
  HorizontalPodAutoscaler: [[['spec', 'metrics'], 'Percent of the requests: `scale` of the description.']],
  PodDisruptionBudget: [
    [['spec', 'maxUnavailable'], 'Nodes can be drained, one pod at a time.'],
    [['spec', 'unhealthyPodEvictionPolicy'], 'A pod that does not work keeps no node from being drained.'],
  ],
  NetworkPolicy: [
    [
      ['spec', 'ingress'],
      'Those that declare `uses` or `calls`, and where connections from outside come from.',
    ],
    [['spec', 'egress'], 'What the description declares. Names are resolved by the policy `dns`.'],
  ],
  Ingress: [[['spec', 'tls'], "Without a secretName: the controller's own certificate."]],
  Service: [
    [['spec', 'clusterIP'], 'Headless: its name is the address of the one pod.'],
    [['spec', 'externalTrafficPolicy'], "The service sees its clients' addresses."],
  ],
  ResourceQuota: [
    [['spec', 'hard'], 'Every service at its maximum, and one pod more of each while it is rolled out.'],
  ],
  LimitRange: [[['spec', 'limits'], 'For containers that say nothing themselves, e.g. of a debugging pod.']],
  Namespace: [
    [
      ['metadata', 'labels', 'pod-security.kubernetes.io/enforce'],
      'The API server refuses pods that could do more than they need.',
    ],
  ],
  Secret: [
    [
      ['data'],
      'The API server refuses this: it is no base64. Put a SealedSecret in the place of this file, take it out of kustomization.yaml once\nsomething else makes the Secret, or choose ExternalSecrets with: nx g toolbox:kubernetes --secrets=external',
    ],
  ],
};

/** Why values of an object are as they are. */
export function commentsOf(object: KubernetesObject): readonly PathComment[] {
  return [...(reasons[object.kind] ?? []), ...secretModes(object)]
    .filter(([path]) => valueAt(object, path) !== undefined)
    .map(([path, comment]) => ({ path, comment }));
}

/** The volume of the secrets follows those that can be written, however many these are. */
function secretModes(object: KubernetesObject): readonly (readonly [path: Path, comment: string])[] {
  const path = [...pod, 'volumes'];
  const volumes = (valueAt(object, path) ?? []) as readonly object[];
  const at = volumes.findIndex((volume) => 'projected' in volume);
  return [[[...path, at, 'projected', 'defaultMode'], '0440: only the group of the pod reads them.']];
}

function valueAt(value: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  return valueAt((value as Readonly<Record<string | number, unknown>>)[key], rest);
}
