import { slugOf } from '../../packages/service/slug';
import type { Service, Stack } from '../../packages/service/types';
import { secretsFolder } from '../../packages/service/wire';
import { selectorOf } from './kubernetes-object';

/** Size of each writable folder and, per container, of its logs. */
const scratch = 64;

/** What every pod has, whatever runs in it: all that the Pod Security Standard `restricted` asks for, and more. */
export function podOf(name: string, uid: number, gid: number, stack: Stack): object {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: uid,
      runAsGroup: gid,
      fsGroup: gid,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map(
      (topologyKey) => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: selectorOf(name, stack) },
      }),
    ),
  };
}

/** What every container has. */
export const hardened = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
} as const;

/** Requests and limits; what it may write counts against the node's disk. */
export function resourcesOf({ cpu, memory }: Service['resources'], writes: readonly string[]): object {
  return {
    requests: { cpu: cpu.request, memory: memory.request, 'ephemeral-storage': `${scratch}Mi` },
    limits: {
      cpu: cpu.limit,
      memory: memory.limit,
      'ephemeral-storage': `${scratch * (writes.length + 2)}Mi`,
    },
  };
}

export interface Mounted {
  readonly volumes: readonly object[];
  readonly volumeMounts: readonly object[];
}

/** An empty folder for each writable path, and the secrets as files that only the service's group reads. */
export function mountsOf(writes: readonly string[], secrets: readonly string[]): Mounted {
  const named = writes.map((path, at) => ({ name: `write-${at}-${slugOf(path).slice(0, 40)}`, path }));
  return {
    volumes: [
      ...named.map(({ name }) => ({ name, emptyDir: { sizeLimit: `${scratch}Mi` } })),
      ...(secrets.length === 0
        ? []
        : [
            {
              name: 'secrets',
              projected: {
                defaultMode: 0o440,
                sources: secrets.map((name) => ({
                  secret: { name: slugOf(name), items: [{ key: name, path: name }] },
                })),
              },
            },
          ]),
    ],
    volumeMounts: [
      ...named.map(({ name, path: mountPath }) => ({ name, mountPath })),
      ...(secrets.length === 0 ? [] : [{ name: 'secrets', mountPath: secretsFolder, readOnly: true }]),
    ],
  };
}
