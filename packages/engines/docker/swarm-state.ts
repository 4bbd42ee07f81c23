/** What `docker service inspect` tells of a service, as far as it is read here. */
export interface SwarmServiceState {
  readonly ID: string;
  readonly Spec: {
    readonly Name: string;
    readonly Labels?: Readonly<Record<string, string>>;
    readonly TaskTemplate: TaskSpec;
    readonly Mode: { readonly Replicated?: { readonly Replicas?: number } };
  };
  /** Of the last update; a service that was never updated has none. */
  readonly UpdateStatus?: {
    readonly State?: string;
    readonly StartedAt?: string;
    readonly Message?: string;
  };
}

/** What `docker inspect --type task` tells of one container of a service. */
export interface SwarmTask {
  readonly ID: string;
  readonly ServiceID: string;
  readonly CreatedAt: string;
  readonly Spec: TaskSpec;
  readonly Status: {
    readonly State: string;
    readonly Err?: string;
    readonly ContainerStatus?: { readonly ExitCode?: number };
  };
  readonly DesiredState: string;
}

interface TaskSpec {
  readonly ContainerSpec?: unknown;
  readonly Resources?: unknown;
  readonly Placement?: unknown;
  readonly ForceUpdate?: number;
}

/** How far a service is on its way to what was deployed. */
export type Progress =
  | { readonly state: 'converged' | 'waiting'; readonly running: number; readonly wanted: number }
  | { readonly state: 'failed'; readonly why: string };

/** A task that the Swarm could not even start, e.g. for want of its image, is tried so often before it counts as failed. */
const mostRejections = 3;

/**
 * Judges one service.
 * @param at.before start of its last update when the deployment began: what that update came to says nothing about this one
 * @param at.known tasks that were there then
 * @param tasks of this service, all that the Swarm remembers
 */
export function progressOf(
  service: SwarmServiceState,
  tasks: readonly SwarmTask[],
  { before, known }: { readonly before: string | undefined; readonly known: ReadonlySet<string> },
): Progress {
  const { State: update = '', StartedAt, Message } = service.UpdateStatus ?? {};
  const isNew = StartedAt !== before;
  if (isNew && /^(rollback|paused)/.test(update))
    return { state: 'failed', why: Message ?? `its update is ${update}` };
  const rejected = tasks.filter(({ ID, Status }) => !known.has(ID) && Status.State === 'rejected');
  const wanted = service.Spec.Mode.Replicated?.Replicas ?? 1;
  const wantedSpec = comparable(service.Spec.TaskTemplate);
  const running = tasks.filter(
    ({ DesiredState, Status, Spec }) =>
      DesiredState === 'running' && Status.State === 'running' && comparable(Spec) === wantedSpec,
  ).length;
  if (running === 0 && rejected.length >= mostRejections)
    return { state: 'failed', why: rejected.at(-1)?.Status.Err ?? 'its tasks are rejected' };
  const isDone = running >= wanted && !(isNew && update === 'updating');
  return { state: isDone ? 'converged' : 'waiting', running, wanted };
}

/** What makes a task one of this version of the service. The Swarm writes some empty objects into the one and not the other. */
function comparable({ ContainerSpec, Resources, Placement, ForceUpdate }: TaskSpec): string {
  return JSON.stringify(withoutEmpty({ ContainerSpec, Resources, Placement, ForceUpdate: ForceUpdate ?? 0 }));
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .map(([key, one]) => [key, withoutEmpty(one)] as const)
    .filter(
      ([, one]) =>
        one !== null && one !== undefined && !(typeof one === 'object' && Object.keys(one).length === 0),
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries);
}

/** What the last tasks of a service that failed say of themselves, newest first, each once. */
export function failuresOf(tasks: readonly SwarmTask[], known: ReadonlySet<string>): readonly SwarmTask[] {
  const seen = new Set<string>();
  return tasks
    .filter(({ ID, Status }) => !known.has(ID) && ['failed', 'rejected'].includes(Status.State))
    .sort((a, b) => (a.CreatedAt < b.CreatedAt ? 1 : -1))
    .filter(({ Status: { Err = '' } }) => !seen.has(Err) && seen.add(Err));
}
