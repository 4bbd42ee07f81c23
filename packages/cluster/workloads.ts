import type { Kubectl } from './kubectl';
import { exactName, isSame, labelOf, refOf, type KubernetesObject } from './objects';
import { workloadKinds, type Workload } from './rollout';

/** The workloads among `objects` as the cluster has them, and the names (`Deployment/api`) of those that it has not. */
export async function readWorkloads(
  kubectl: Kubectl,
  objects: readonly KubernetesObject[],
): Promise<{ readonly workloads: readonly Workload[]; readonly missing: readonly string[] }> {
  const refs = objects.filter(({ kind }) => workloadKinds.includes(kind)).map(refOf);
  const workloads = refs.length === 0 ? [] : await kubectl.find<Workload>(refs.map(exactName));
  const missing = refs.filter((ref) => !workloads.some((one) => isSame(refOf(one), ref)));
  return { workloads, missing: missing.map(labelOf) };
}
