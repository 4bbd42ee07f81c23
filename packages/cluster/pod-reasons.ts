import type { Kubectl } from './kubectl';
import { labelOf, refOf } from './objects';
import { podProblem, type Pod, type PodProblem } from './pod-problem';
import type { Workload } from './rollout';

/** Lines of a crashed container that are shown. */
const logLines = 10;

/** Pods of one workload that are named; the others fare alike. */
const mostPods = 2;

interface ReplicaSet {
  readonly kind: 'ReplicaSet';
  readonly metadata: Pod['metadata'] & { readonly annotations?: Readonly<Record<string, string>> };
}

interface Event {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
}

/** A pod of a workload's newest version that is not ready. */
export interface TroubledPod {
  readonly pod: Pod;
  readonly problem: PodProblem;
}

/** The pods of the newest version of a workload that have a problem. */
export async function troubledPods(kubectl: Kubectl, workload: Workload): Promise<readonly TroubledPod[]> {
  const labels = Object.entries(workload.spec.selector?.matchLabels ?? {});
  if (labels.length === 0) return [];
  const selector = labels.map(([key, value]) => `${key}=${value}`).join(',');
  const found = await kubectl.find<Pod & { readonly kind: string }>([
    'replicasets,pods',
    '--selector',
    selector,
  ]);
  const isOfTheNewest = newestVersion(workload, found as readonly (Pod | ReplicaSet)[]);
  return found
    .filter((pod) => pod.kind === 'Pod' && !pod.metadata.deletionTimestamp && isOfTheNewest(pod))
    .flatMap((pod) => {
      const problem = podProblem(pod);
      return problem === null ? [] : [{ pod, problem }];
    });
}

function newestVersion(workload: Workload, found: readonly (Pod | ReplicaSet)[]): (pod: Pod) => boolean {
  const { uid } = workload.metadata;
  const ownedBy = (owner: string | undefined) => (pod: Pod) =>
    pod.metadata.ownerReferences?.some((reference) => reference.uid === owner) ?? false;
  const { updateRevision } = workload.status ?? {};
  if (workload.kind === 'StatefulSet')
    return (pod) => ownedBy(uid)(pod) && pod.metadata.labels?.['controller-revision-hash'] === updateRevision;
  if (workload.kind !== 'Deployment') return ownedBy(uid);
  const revision = ({ metadata }: ReplicaSet) =>
    Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
  const sets = found.filter(
    (one): one is ReplicaSet => 'kind' in one && one.kind === 'ReplicaSet' && ownedBy(uid)(one),
  );
  const newest = sets.sort((a, b) => revision(b) - revision(a))[0];
  return ownedBy(newest?.metadata.uid);
}

/** Why the pods of a workload are not ready, in words, one text per pod; with events and last lines where these tell more. */
export async function reasonsOf(
  kubectl: Kubectl,
  workload: Workload,
  troubled: readonly TroubledPod[],
): Promise<readonly string[]> {
  const name = labelOf(refOf(workload));
  const reasons: string[] = [];
  for (const { pod, problem } of troubled.slice(0, mostPods)) {
    const event = problem.hasEvents ? await lastWarning(kubectl, pod) : null;
    const lines = problem.crashed === null ? [] : await lastLines(kubectl, pod, problem.crashed);
    reasons.push(
      [
        `${name}: pod ${pod.metadata.name}: ${problem.why}${event === null ? '' : `: ${event}`}`,
        ...lines.map((line) => `  | ${line}`),
      ].join('\n'),
    );
  }
  const others = troubled.length - mostPods;
  return others > 0 ? [...reasons, `${name}: ${others} more ${others === 1 ? 'pod' : 'pods'}`] : reasons;
}

async function lastWarning(kubectl: Kubectl, { metadata: { name, uid } }: Pod): Promise<string | null> {
  const selector = `involvedObject.name=${name},involvedObject.uid=${uid},type=Warning`;
  const events = await kubectl.find<Event>(['events', '--field-selector', selector]);
  const time = ({ lastTimestamp, eventTime }: Event) => lastTimestamp ?? eventTime ?? '';
  return (
    [...events]
      .sort((a, b) => (time(a) < time(b) ? -1 : 1))
      .at(-1)
      ?.message.trim() ?? null
  );
}

/** What the container wrote before it crashed; nothing where the node does not hand it out. */
async function lastLines(kubectl: Kubectl, pod: Pod, container: string): Promise<readonly string[]> {
  const logs = ['logs', pod.metadata.name, '--container', container, `--tail=${logLines}`];
  for (const args of [[...logs, '--previous'], logs]) {
    const { code, stdout } = await kubectl.run(args);
    if (code === 0 && stdout.trim() !== '') return stdout.trimEnd().split('\n');
  }
  return [];
}
