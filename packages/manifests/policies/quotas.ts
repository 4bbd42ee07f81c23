import type { Field } from '../fields/field';
import { parseQuantity } from '../../service/quantity';
import type { ObjectSet, Workload } from './object-set';

/** A workload, and how many pods of it there are at least and at most. */
interface Scaled {
  readonly workload: Workload;
  readonly least: number;
  readonly most: number;
  /** Who says so; null where nothing scales it. */
  readonly by: string | null;
}

type Count = 'least' | 'most';

/** What a resource costs: of a pod, and of what is there once. Null where it is not added up here. */
interface Usage {
  readonly ofPod: (workload: Workload) => number;
  readonly once: number;
}

/** Quotas that are smaller than what the objects ask for: with as few replicas as there are ever, and with as many as autoscalers may make. */
export function checkQuotas(objects: ObjectSet): void {
  const all = objects.workloads.map((workload) => scaled(workload, objects));
  for (const { root } of objects.ownOfKind('ResourceQuota')) {
    // A quota for some pods only is not what all of them together have.
    if (root.at('spec', 'scopes').exists || root.at('spec', 'scopeSelector').exists) continue;
    for (const [name, hard] of root.at('spec', 'hard').entries) {
      const usage = usageOf(name, objects);
      if (usage !== null) checkQuota(name, hard, all, usage);
    }
  }
}

function checkQuota(name: string, hard: Field, all: readonly Scaled[], { ofPod, once }: Usage): void {
  const limit = parseQuantity(hard.value);
  if (limit === null) return;
  const sum = (count: Count) => all.reduce((total, one) => total + one[count] * ofPod(one.workload), once);
  const [least, most] = [sum('least'), sum('most')];
  if (least > limit)
    return hard.problem(
      'quota-too-small',
      'high',
      `${String(hard.value)} is less than what all objects ask for: ${format(least, name)}.`,
      `Raise it to ${format(most, name)}, or ask for less.`,
    );
  if (most <= limit) return;
  const scalers = all.flatMap(({ by }) => by ?? []);
  hard.problem(
    'quota-below-maximum',
    'medium',
    `${String(hard.value)} is less than ${format(most, name)}, which is asked for when ${scalers.join(' and ')} scale to their maximum.`,
    `Raise it to ${format(most, name)}, or lower the maxima.`,
  );
}

function usageOf(name: string, objects: ObjectSet): Usage | null {
  if (name === 'pods' || name === 'count/pods') return { ofPod: () => 1, once: 0 };
  if (name === 'persistentvolumeclaims' || name === 'requests.storage') return claims(name, objects);
  const part = /^limits\./.test(name) ? 'limits' : 'requests';
  const resource = name.replace(/^(requests|limits)\./, '');
  if (!['cpu', 'memory', 'ephemeral-storage'].includes(resource)) return null;
  return { ofPod: (workload) => neededBy(workload, part, resource), once: 0 };
}

/** A pod needs what its containers need together, or the largest init container where that is more. */
function neededBy({ spec }: Workload, part: 'requests' | 'limits', resource: string): number {
  const of = (container: Field) => {
    const own = container.at('resources', part, resource);
    // Without a request, the limit is the request.
    const value = own.exists || part === 'limits' ? own : container.at('resources', 'limits', resource);
    return parseQuantity(value.value) ?? 0;
  };
  const together = spec.at('containers').items.reduce((sum, container) => sum + of(container), 0);
  return Math.max(together, ...spec.at('initContainers').items.map(of));
}

/** Claims by themselves, and those that each pod of a StatefulSet gets. */
function claims(name: 'persistentvolumeclaims' | 'requests.storage', objects: ObjectSet): Usage {
  const sizeOf = (spec: Field) =>
    name === 'requests.storage' ? (parseQuantity(spec.at('resources', 'requests', 'storage').value) ?? 0) : 1;
  const sum = (claims: readonly Field[]) =>
    claims.reduce((total, claim) => total + sizeOf(claim.at('spec')), 0);
  return {
    ofPod: ({ manifest }) => sum(manifest.root.at('spec', 'volumeClaimTemplates').items),
    once: sum(objects.ofKind('PersistentVolumeClaim').map(({ root }) => root)),
  };
}

function scaled(workload: Workload, objects: ObjectSet): Scaled {
  const { kind, name, root } = workload.manifest;
  const scaler = objects.manifests.find(
    (one) =>
      ['HorizontalPodAutoscaler', 'ScaledObject'].includes(one.kind) &&
      one.root.at('spec', 'scaleTargetRef', 'name').text === name &&
      (one.root.at('spec', 'scaleTargetRef', 'kind').text ?? 'Deployment') === kind,
  );
  if (!scaler) {
    const count = root.at('spec', kind === 'Job' ? 'parallelism' : 'replicas').number ?? 1;
    return { workload, least: count, most: count, by: null };
  }
  const isKeda = scaler.kind === 'ScaledObject';
  const bound = (key: string) =>
    scaler.root.at('spec', isKeda ? `${key}ReplicaCount` : `${key}Replicas`).number;
  const least = bound('min') ?? (isKeda ? 0 : 1);
  return { workload, least, most: bound('max') ?? least, by: `${scaler.kind}/${scaler.name}` };
}

function format(value: number, name: string): string {
  if (!/memory|storage/.test(name)) return String(Number(value.toFixed(3)));
  return `${Math.ceil(value / 2 ** 20)}Mi`;
}
