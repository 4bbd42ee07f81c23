/** A pod as the API server returns it. */
export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly uid: string }[];
    readonly deletionTimestamp?: string;
  };
  readonly status?: {
    readonly conditions?: readonly PodCondition[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

interface PodCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

interface ContainerStatus {
  readonly name: string;
  readonly image: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly terminated?: Ended;
  };
  readonly lastState?: { readonly terminated?: Ended };
}

interface Ended {
  readonly exitCode: number;
  readonly reason?: string;
}

/** Why a pod is not ready. */
export interface PodProblem {
  /** In words, without the pod's name. */
  readonly why: string;
  /** Does waiting not mend it? */
  readonly isFinal: boolean;
  /** The container whose last lines tell more. */
  readonly crashed: string | null;
  /** Do the pod's events tell more? */
  readonly hasEvents: boolean;
}

/** Restarts after which a crash is no bad start any more. */
const fewRestarts = 2;

/** Reasons to wait with that waiting does not mend, once they have lasted. */
const pullProblems = ['ImagePullBackOff', 'ErrImagePull', 'InvalidImageName', 'ErrImageNeverPull'];
const configProblems = ['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError'];

/** Null for a pod that is ready, or on its way. Pure. */
export function podProblem({ status = {} }: Pod): PodProblem | null {
  const conditions = status.conditions ?? [];
  const scheduled = conditions.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False')
    return problem(`no node can take it: ${scheduled.message ?? scheduled.reason ?? 'it is not said why'}`);
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  for (const container of containers) {
    const found = containerProblem(container);
    if (found !== null) return found;
  }
  const ready = conditions.find(({ type }) => type === 'Ready');
  if (ready?.status === 'True') return null;
  const unready = (status.containerStatuses ?? []).filter((container) => !container.ready);
  if (unready.length === 0) return null;
  return {
    ...problem(`${unready.map(({ name }) => name).join(', ')} runs, but is not ready`),
    hasEvents: true,
  };
}

function containerProblem(container: ContainerStatus): PodProblem | null {
  const { name, image, restartCount, state, lastState } = container;
  const { reason = '', message = '' } = state?.waiting ?? {};
  if (pullProblems.includes(reason))
    return {
      ...problem(`the image of ${name} cannot be pulled: ${image}: ${message || reason}`),
      isFinal: true,
    };
  if (configProblems.includes(reason))
    return { ...problem(`${name} cannot be started: ${message || reason}`), isFinal: true, hasEvents: true };
  const ended = state?.terminated ?? lastState?.terminated;
  const crashes =
    reason === 'CrashLoopBackOff' || (ended !== undefined && ended.exitCode !== 0 && !container.ready);
  if (!crashes) return null;
  const how = ended
    ? ` with exit code ${ended.exitCode}${ended.reason === 'OOMKilled' ? ' (out of memory)' : ''}`
    : '';
  return {
    ...problem(`${name} crashes${how}, ${restartCount} ${restartCount === 1 ? 'restart' : 'restarts'}`),
    isFinal: reason === 'CrashLoopBackOff' && restartCount >= fewRestarts,
    crashed: name,
  };
}

function problem(why: string): PodProblem {
  return { why, isFinal: false, crashed: null, hasEvents: false };
}
