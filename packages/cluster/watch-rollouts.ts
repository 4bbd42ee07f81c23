import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterError } from './cluster-error';
import type { Kubectl } from './kubectl';
import { labelOf, refOf, type KubernetesObject } from './objects';
import { reasonsOf, troubledPods } from './pod-reasons';
import { judgeRollout } from './rollout';
import { readWorkloads } from './workloads';

const pollMs = 1_000;

/** Milliseconds that a final problem has to last: a registry may stumble once, and a quota is exceeded while old pods end. */
const lastsMs = 4_000;

export interface WatchOptions {
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly log: (line: string) => void;
  /** Throws where the watching has to end. */
  readonly check: () => void;
}

/**
 * Waits until every workload among the objects runs its newest version and nothing else.
 * @throws ClusterError with the reason of each workload that does not
 */
export async function watchRollouts(
  kubectl: Kubectl,
  objects: readonly KubernetesObject[],
  { deadline, log, check }: WatchOptions,
): Promise<void> {
  const told = new Map<string, string>();
  let troubledSince = Infinity;
  for (;;) {
    check();
    const { workloads, missing } = await readWorkloads(kubectl, objects);
    if (missing.length > 0)
      throw new ClusterError(`${missing.join(', ')}: is gone. Did somebody else delete it?`);
    const pending = workloads
      .map((workload) => ({ workload, rollout: judgeRollout(workload) }))
      .filter(({ workload, rollout }) => {
        const name = labelOf(refOf(workload));
        if (told.get(name) !== rollout.progress) log(rollout.progress);
        told.set(name, rollout.progress);
        return rollout.state !== 'done';
      });
    if (pending.length === 0) return;
    const isLate = Date.now() > deadline;
    const reasons: string[] = [];
    let isFinal = false;
    for (const { workload, rollout } of pending) {
      const troubled = await troubledPods(kubectl, workload);
      const isLost = rollout.state === 'failed' || troubled.some(({ problem }) => problem.isFinal);
      isFinal ||= isLost;
      if (!isLate && !(isLost && Date.now() - troubledSince > lastsMs)) continue;
      const pods = await reasonsOf(kubectl, workload, troubled);
      reasons.push(...(pods.length === 0 || rollout.state === 'failed' ? [rollout.progress] : []), ...pods);
    }
    if (reasons.length > 0) throw new ClusterError(reasons.join('\n'));
    troubledSince = isFinal ? Math.min(troubledSince, Date.now()) : Infinity;
    await sleep(pollMs);
  }
}
