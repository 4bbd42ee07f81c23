import type { Kubectl } from './kubectl';
import { exactName, isSame, labelOf, refOf, type KubernetesObject, type ObjectRef } from './objects';
import { watchRollouts, type WatchOptions } from './watch-rollouts';

/** On every object that a project deploys; its value says for which project and environment. Nothing without it is ever deleted. */
export const ownerLabel = 'io.toolbox/deployed-by';

/** What holds data, or everything, is never deleted: whoever wants that says so to kubectl. */
const keptKinds = ['Namespace', 'PersistentVolume', 'PersistentVolumeClaim'];

export interface BringOptions extends WatchOptions {
  readonly owner: string;
  /** Takes over fields that others have set. */
  readonly force: boolean;
  /** What earlier deployments left and these objects no longer hold. */
  readonly obsolete: readonly ObjectRef[];
}

/** Applies the objects, waits until they run, then removes what is obsolete. @throws ClusterError */
export async function bring(
  kubectl: Kubectl,
  objects: readonly KubernetesObject[],
  options: BringOptions,
): Promise<void> {
  await kubectl.apply(objects, options);
  await watchRollouts(kubectl, objects, options);
  await prune(kubectl, options.obsolete, options);
}

/** Deletes what of `refs` is the owner's. */
export async function prune(
  kubectl: Kubectl,
  refs: readonly ObjectRef[],
  { owner, log }: Pick<BringOptions, 'owner' | 'log'>,
): Promise<void> {
  const doomed = (await removable(kubectl, refs, owner)).map(refOf);
  if (doomed.length === 0) return;
  await kubectl.must('remove what is no longer described', [
    'delete',
    '--ignore-not-found',
    '--timeout=15s',
    ...doomed.map(exactName),
  ]);
  log(`Removed ${doomed.map(labelOf).join(', ')}`);
}

/** What of `refs` the cluster has and the owner may delete. */
export async function removable(
  kubectl: Kubectl,
  refs: readonly ObjectRef[],
  owner: string,
): Promise<readonly KubernetesObject[]> {
  return (await present(kubectl, refs)).filter(
    ({ kind, metadata }) => metadata.labels?.[ownerLabel] === owner && !keptKinds.includes(kind),
  );
}

/** What of `refs` the cluster has. */
export async function present(
  kubectl: Kubectl,
  refs: readonly ObjectRef[],
): Promise<readonly KubernetesObject[]> {
  const once = refs.filter((ref, at) => refs.findIndex((other) => isSame(ref, other)) === at);
  return once.length === 0 ? [] : kubectl.find<KubernetesObject>(once.map(exactName));
}
