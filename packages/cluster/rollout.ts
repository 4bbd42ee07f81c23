import { labelOf, refOf, type KubernetesObject } from './objects';

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** A Deployment, StatefulSet, DaemonSet or Job as the API server returns it. */
export interface Workload extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly uid: string; readonly generation: number };
  readonly spec: {
    readonly replicas?: number;
    readonly completions?: number;
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly updateStrategy?: {
      readonly type?: string;
      readonly rollingUpdate?: { readonly partition?: number };
    };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly Condition[];
    readonly currentRevision?: string;
    readonly updateRevision?: string;
    readonly [count: string]: unknown;
  };
}

/** How far a rollout is. */
export interface Rollout {
  readonly state: 'done' | 'waits' | 'failed';
  /** One line: what there is of what there should be, or why it failed. */
  readonly progress: string;
}

/** Kinds whose pods are waited for. */
export const workloadKinds = ['DaemonSet', 'Deployment', 'Job', 'StatefulSet'];

/** Judges a workload as `kubectl rollout status` does: all pods are of the newest template and available, and no older one is left. Pure. */
export function judgeRollout(workload: Workload): Rollout {
  const { kind, status, metadata } = workload;
  // What an older version of it came to says nothing about this one.
  const isSeen = kind === 'Job' || Number(status?.observedGeneration ?? 0) >= metadata.generation;
  const failure = isSeen ? failureOf(workload) : null;
  if (failure !== null) return { state: 'failed', progress: `${nameOf(workload)}: ${failure}` };
  const counts = counters[kind]!(workload, (name) => Number(status?.[name] ?? 0));
  const isDone =
    isSeen && counts.updated >= counts.wanted && counts.ready >= counts.wanted && counts.old === 0;
  const old = counts.old > 0 ? `, ${counts.old} older left` : '';
  return {
    state: isDone ? 'done' : 'waits',
    progress: `${nameOf(workload)}: ${counts.ready} of ${counts.wanted} ready, ${counts.updated} of this version${old}`,
  };
}

interface Counts {
  readonly wanted: number;
  readonly updated: number;
  readonly ready: number;
  readonly old: number;
}

const counters: Readonly<Record<string, (workload: Workload, count: (name: string) => number) => Counts>> = {
  DaemonSet: (_, count) => ({
    wanted: count('desiredNumberScheduled'),
    updated: count('updatedNumberScheduled'),
    ready: count('numberAvailable'),
    old: 0,
  }),
  Deployment: ({ spec }, count) => ({
    wanted: spec.replicas ?? 1,
    updated: count('updatedReplicas'),
    ready: count('availableReplicas'),
    old: count('replicas') - count('updatedReplicas'),
  }),
  Job: ({ spec }, count) => ({
    wanted: spec.completions ?? 1,
    updated: spec.completions ?? 1,
    ready: count('succeeded'),
    old: 0,
  }),
  // Pods below the partition keep their version on purpose.
  StatefulSet: ({ spec }, count) => {
    const wanted = spec.replicas ?? 1;
    const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0;
    const isByHand = spec.updateStrategy?.type === 'OnDelete';
    const updated = isByHand
      ? wanted
      : Math.min(wanted, count('updatedReplicas') + Math.min(partition, wanted));
    return { wanted, updated, ready: count('availableReplicas'), old: 0 };
  },
};

/** What a controller says that waiting does not mend: a quota, admission, a deadline of its own. */
function failureOf({ status }: Workload): string | null {
  const holds = ({ type, status: value }: Condition, name: string) => type === name && value === 'True';
  for (const condition of status?.conditions ?? []) {
    const { type, reason, message = '' } = condition;
    if (holds(condition, 'ReplicaFailure') || holds(condition, 'Failed')) return whoRefuses(message);
    if (type === 'Progressing' && reason === 'ProgressDeadlineExceeded') return message;
  }
  return null;
}

function whoRefuses(message: string): string {
  if (/exceeded quota/.test(message)) return `a quota refuses its pods: ${message}`;
  if (/violates PodSecurity|admission webhook|ValidatingAdmissionPolicy/.test(message))
    return `admission refuses its pods: ${message}`;
  return message;
}

function nameOf(workload: Workload): string {
  return labelOf(refOf(workload));
}
