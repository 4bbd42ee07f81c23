import { imageReference } from '../../packages/images/catalogue';
import { serverOf } from '../../packages/service/backing-server';
import type { BackingService, Stack } from '../../packages/service/types';
import { hardened, mountsOf, podOf, resourcesOf } from './hardening';
import { labelsOf, selectorOf, type KubernetesObject } from './kubernetes-object';
import { networkPolicyOf, type Reach } from './network-policies';

/** Seconds for a last checkpoint. */
const stopSeconds = 60;

/** A backing service: one pod that keeps its volume, under its own name, for whoever has an edge to it. */
export function backingObjects(
  service: BackingService,
  reach: Reach,
  images: Readonly<Record<string, string>>,
): readonly KubernetesObject[] {
  const { stack } = reach;
  const { name, port } = service;
  const metadata = { name, labels: labelsOf(name, stack) };
  const policy = networkPolicyOf(name, reach);
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    statefulSetOf(service, stack, images),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        clusterIP: 'None',
        selector: selectorOf(name, stack),
        ports: [{ name, port, targetPort: name, protocol: 'TCP' }],
      },
    },
    ...(policy ? [policy] : []),
  ];
}

function statefulSetOf(
  service: BackingService,
  stack: Stack,
  images: Readonly<Record<string, string>>,
): KubernetesObject {
  const { name, port, uid, storage } = service;
  const { environment = {}, command, data, writes, shared, check } = serverOf(service, stack);
  const { volumes, volumeMounts } = mountsOf(writes, [`${name}-password`]);
  // A fresh volume has a folder lost+found, in which PostgreSQL makes no cluster.
  const variables = { ...environment, ...(name === 'postgres' ? { PGDATA: `${data}/pgdata` } : {}) };
  const probe = { exec: { command: ['sh', '-c', check] }, timeoutSeconds: 5 };
  const container = {
    name,
    image: imageReference(service.image, images),
    imagePullPolicy: 'IfNotPresent',
    ...(command ? { command } : {}),
    ports: [{ name, containerPort: port }],
    ...(Object.keys(variables).length === 0
      ? {}
      : { env: Object.entries(variables).map(([key, value]) => ({ name: key, value })) }),
    startupProbe: { ...probe, periodSeconds: 5, failureThreshold: 60 },
    livenessProbe: { ...probe, periodSeconds: 20, failureThreshold: 6 },
    readinessProbe: { ...probe, periodSeconds: 10, failureThreshold: 3 },
    resources: resourcesOf(service.resources, writes),
    securityContext: hardened,
    volumeMounts: [
      { name: 'data', mountPath: data },
      ...volumeMounts,
      ...(shared ? [{ name: 'shared-memory', mountPath: '/dev/shm' }] : []),
    ],
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, labels: labelsOf(name, stack) },
    spec: {
      serviceName: name,
      replicas: 1,
      selector: { matchLabels: selectorOf(name, stack) },
      template: {
        metadata: { labels: labelsOf(name, stack) },
        spec: {
          serviceAccountName: name,
          ...podOf(name, uid, uid, stack),
          terminationGracePeriodSeconds: stopSeconds,
          containers: [container],
          volumes: [
            ...volumes,
            ...(shared
              ? [{ name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit: `${shared}i` } }]
              : []),
          ],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data', labels: selectorOf(name, stack) },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
        },
      ],
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    },
  };
}
