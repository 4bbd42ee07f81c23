import { devEnvironment } from './backing';
import type { Stack } from './types';

/** Folder of the Kubernetes files in a service's folder and in the stack's. */
export const kubernetesFolder = 'k8s';

/** Every environment that has an overlay: the developer's cluster first, then the stack's in the order of promotion. */
export function kubernetesEnvironments({ environments }: Pick<Stack, 'environments'>): readonly string[] {
  return [...new Set([devEnvironment, ...environments])];
}

/** Namespace of the stack in an environment, e.g. `acme-staging`. */
export function namespaceOf({ name }: Pick<Stack, 'name'>, environment: string): string {
  return `${name}-${environment}`;
}

/** Digest that no image has: what stands in an overlay until the real one is known. */
export const unknownDigest = `sha256:${'0'.repeat(64)}`;
