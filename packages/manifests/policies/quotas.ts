import type { Field } from '../fields/field';
import { parseQuantity } from '../fields/quantity';
import type { ObjectSet, Workload } from './object-set';

/** How many pods of each workload there are at least and at most. */
interface Scale {
  readonly least: number;
  readonly most: number;
  /** Who says so; null where nothing scales it. */
  readonly by: string | null;
}

/** Quotas that are smaller than what the objects ask for: with as few replicas as there are ever, and with as many as autoscalers may make. */
export function checkQuotas(objects: ObjectSet): void {
  for (const { root } of objects.ownOfKind('ResourceQuota')) {
    // A quota for some pods only is not what all of them together have.
    if (root.at('spec', 'scopes').exists || root.at('spec', 'scopeSelector').exists) continue;
    for (const [name, hard] of root.at('spec', 'hard').entries) checkQuota(name, hard, objects);
  }
}

function checkQuota(name: string, hard: Field, objects: ObjectSet): void {
  const limit = parseQuantity(hard.value);
  const sum = (which: 'least' | 'most') => usage(name, objects, which);
  const [least, most] = [sum('least'), sum('most')];
  if (limit === null || least === null || most === null) return;
  if (least > limit)
    return hard.problem(
      'quota-too-small',
      'high',
      `${String(hard.value)} is less than what all objects ask for: ${format(least, name)}.`,
      `Raise it to ${format(most, name)}, or ask for less.`,
    );
  if (most <= limit) return;
  const scaled = objects.workloads
    .map((workload) => scaleOf(workload, objects))
    .flatMap(({ by }) => by ?? []);
  hard.problem(
    'quota-below-maximum',
    'medium',
    `${String(hard.value)} is less than ${format(most, name)}, which is asked for when ${scaled.join(' and ')} scale to their maximum.`,
    `Raise it to ${format(most, name)}, or lower the maxima.`,
  );
}

/** What all objects take of a resource; null where it is not added up here. */
function usage(name: string, objects: ObjectSet, which: 'least' | 'most'): number | null {
  if (name === 'pods' || name === 'count/pods') return total(objects, which, () => 1);
  if (name === 'persistentvolumeclaims' || name === 'requests.storage') return claimed(name, objects, which);
  const part = /^limits\./.test(name) ? 'limits' : 'requests';
  const resource = name.replace(/^(requests|limits)\./, '');
  if (!['cpu', 'memory', 'ephemeral-storage'].includes(resource)) return null;
  return total(objects, which, (workload) => ofPod(workload, part, resource));
}

function total(objects: ObjectSet, which: 'least' | 'most', each: (workload: Workload) => number): number {
  return objects.workloads.reduce(
    (sum, workload) => sum + scaleOf(workload, objects)[which] * each(workload),
    0,
  );
}

/** A pod needs what its containers need together, or the largest init container where that is more. */
function ofPod({ spec }: Workload, part: 'requests' | 'limits', resource: string): number {
  const of = (container: Field) => {
    const own = container.at('resources', part, resource);
    // Without a request, the limit is the request.
    const value = own.exists || part === 'limits' ? own : container.at('resources', 'limits', resource);
    return parseQuantity(value.value) ?? 0;
  };
  const together = spec.at('containers').items.reduce((sum, container) => sum + of(container), 0);
  return Math.max(together, ...spec.at('initContainers').items.map(of));
}

function claimed(name: string, objects: ObjectSet, which: 'least' | 'most'): number {
  const sizeOf = (spec: Field) =>
    name === 'requests.storage' ? (parseQuantity(spec.at('resources', 'requests', 'storage').value) ?? 0) : 1;
  const single = objects
    .ofKind('PersistentVolumeClaim')
    .reduce((sum, { root }) => sum + sizeOf(root.at('spec')), 0);
  return objects.workloads.reduce((sum, workload) => {
    const claims = workload.manifest.root.at('spec', 'volumeClaimTemplates').items;
    return (
      sum +
      scaleOf(workload, objects)[which] * claims.reduce((all, claim) => all + sizeOf(claim.at('spec')), 0)
    );
  }, single);
}

function scaleOf({ manifest }: Workload, objects: ObjectSet): Scale {
  const { kind, name, root } = manifest;
  const scaler = objects.manifests.find(
    (one) =>
      ['HorizontalPodAutoscaler', 'ScaledObject'].includes(one.kind) &&
      one.root.at('spec', 'scaleTargetRef', 'name').text === name &&
      (one.root.at('spec', 'scaleTargetRef', 'kind').text ?? 'Deployment') === kind,
  );
  const keys =
    scaler?.kind === 'ScaledObject' ? ['minReplicaCount', 'maxReplicaCount'] : ['minReplicas', 'maxReplicas'];
  if (scaler) {
    const least = scaler.root.at('spec', keys[0]!).number ?? (scaler.kind === 'ScaledObject' ? 0 : 1);
    return {
      least,
      most: scaler.root.at('spec', keys[1]!).number ?? least,
      by: `${scaler.kind}/${scaler.name}`,
    };
  }
  const count = root.at('spec', kind === 'Job' ? 'parallelism' : 'replicas').number ?? 1;
  return { least: count, most: count, by: null };
}

function format(value: number, name: string): string {
  if (!/memory|storage/.test(name)) return String(Number(value.toFixed(3)));
  return `${Math.ceil(value / 2 ** 20)}Mi`;
}
