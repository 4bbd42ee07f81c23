import { backingOf } from '../../packages/service/backing';
import type { Service, Stack } from '../../packages/service/types';
import { backingObjects } from './backing-objects';
import { labelsOf, type KubernetesObject } from './kubernetes-object';
import { quotaOf } from './quota';
import { secretObjects } from './secrets';
import { neighboursOf } from './service-objects';

/** Everything that all services have together, in one environment (null: in all of them). Pure. */
export function sharedObjects(
  services: readonly Service[],
  stack: Stack,
  images: Readonly<Record<string, string>>,
  environment: string | null,
): readonly KubernetesObject[] {
  const backing = backingOf(stack, services, environment ?? undefined);
  const reach = neighboursOf(services, stack, environment);
  return [
    namespace(stack),
    quotaOf(services, backing, stack),
    limitRange(stack),
    policy('default-deny', stack, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
    policy('dns', stack, {
      podSelector: { matchLabels: { 'app.kubernetes.io/part-of': stack.name } },
      policyTypes: ['Egress'],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
              podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
            },
          ],
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
      ],
    }),
    ...backing.flatMap((one) => backingObjects(one, reach, images)),
    ...secretObjects(services, stack, environment),
  ];
}

function namespace(stack: Stack): KubernetesObject {
  const levels = ['enforce', 'audit', 'warn'].flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, 'restricted'],
    [`pod-security.kubernetes.io/${mode}-version`, 'latest'],
  ]);
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: stack.name,
      labels: { ...labelsOf(stack.name, stack), ...(Object.fromEntries(levels) as Record<string, string>) },
    },
  };
}

function limitRange(stack: Stack): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: stack.name, labels: labelsOf(stack.name, stack) },
    spec: {
      limits: [
        {
          type: 'Container',
          defaultRequest: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '64Mi' },
          default: { cpu: '500m', memory: '256Mi', 'ephemeral-storage': '256Mi' },
        },
      ],
    },
  };
}

function policy(name: string, stack: Stack, spec: object): KubernetesObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, labels: labelsOf(stack.name, stack) },
    spec,
  };
}
