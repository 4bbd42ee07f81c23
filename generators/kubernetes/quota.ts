import { containersOf } from '../../packages/service/edges';
import { quantityValue } from '../../packages/service/quantity';
import type { BackingService, Service, Stack } from '../../packages/service/types';
import { labelsOf, type KubernetesObject } from './kubernetes-object';

interface Share {
  readonly pods: number;
  readonly resources: Service['resources'];
}

/** The most that all services need when each is at its maximum and rolls out one pod more. */
export function quotaOf(
  services: readonly Service[],
  backing: readonly BackingService[],
  stack: Stack,
): KubernetesObject {
  const shares: readonly Share[] = [
    ...services.flatMap((service) =>
      containersOf(service).map(({ role }) => ({
        pods: role?.single ? 1 : service.scale.max + 1,
        resources: service.resources,
      })),
    ),
    ...backing.map(({ resources }) => ({ pods: 1, resources })),
  ];
  const sum = (of: (resources: Service['resources']) => string) =>
    shares.reduce((total, { pods, resources }) => total + pods * quantityValue(of(resources)), 0);
  const storage = backing.reduce((total, one) => total + mebibytesOf(one.storage), 0);
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: stack.name, labels: labelsOf(stack.name, stack) },
    spec: {
      hard: {
        pods: String(shares.reduce((total, { pods }) => total + pods, 0)),
        'requests.cpu': cores(sum(({ cpu }) => cpu.request)),
        'limits.cpu': cores(sum(({ cpu }) => cpu.limit)),
        'requests.memory': mebibytes(sum(({ memory }) => memory.request)),
        'limits.memory': mebibytes(sum(({ memory }) => memory.limit)),
        persistentvolumeclaims: String(backing.length),
        'requests.storage': `${storage}Mi`,
      },
    },
  };
}

/** Sizes of volumes have `Ti`, too, which those of memory have not. */
function mebibytesOf(storage: string): number {
  const factors: Readonly<Record<string, number>> = { Mi: 1, Gi: 2 ** 10, Ti: 2 ** 20 };
  return Number(storage.slice(0, -2)) * (factors[storage.slice(-2)] ?? NaN);
}

/** Thousandths, so that a sum of fractions is exact. */
function cores(value: number): string {
  return `${Math.ceil(Number((value * 1000).toFixed(3)))}m`;
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)}Mi`;
}
