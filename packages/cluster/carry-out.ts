import { runAfterwards } from '../process/afterwards';
import { bring, present, prune, type BringOptions } from './bring';
import { ClusterError } from './cluster-error';
import type { Kubectl } from './kubectl';
import { releaseCommand, withLease } from './lease';
import { refOf, without, type KubernetesObject, type ObjectRef } from './objects';
import { imagesIn } from './pod-images';
import {
  closeCommand,
  forgetRecords,
  lastGood,
  obsoleteOf,
  readRecords,
  writeRecord,
  type DeploymentRecord,
  type KeptDeployment,
  type Result,
} from './records';

/** Milliseconds that the end of a deployment may wait for an API server that does not answer. */
const endPatienceMs = 20_000;

/** What becomes of a project in an environment, decided. */
export interface DeploymentPlan {
  /** Names lease, records and label: project and environment. */
  readonly owner: string;
  readonly facts: Pick<DeploymentRecord, 'project' | 'environment' | 'action' | 'by' | 'commit'>;
  /** What is to run, by the records there are. Called while nobody else changes them. @throws ClusterError */
  readonly choose: (kept: readonly KeptDeployment[]) => {
    readonly objects: readonly KubernetesObject[];
    readonly to: number | null;
  };
  readonly force: boolean;
  /** Milliseconds that the rollout has; a rollback gets as many again. */
  readonly timeoutMs: number;
  /** Records that are kept. */
  readonly keep: number;
  readonly log: (line: string) => void;
  /** Aborted when the user interrupts. */
  readonly interrupted: AbortSignal;
}

/**
 * Deploys as planned while no other deployment of the same owner goes on, and leaves a record. What does not come up is rolled back to the last deployment that
 * did, or removed where there was none.
 * @throws ClusterError with the reasons, and with the state that is left
 */
export function carryOut(kubectl: Kubectl, plan: DeploymentPlan): Promise<DeploymentRecord> {
  return withLease(kubectl, leaseOf(plan.owner), plan.facts.by, (lost) =>
    new Attempt(kubectl, plan, lost).run(),
  );
}

function leaseOf(owner: string): string {
  return `toolbox.${owner}`;
}

class Attempt {
  constructor(
    private readonly kubectl: Kubectl,
    private readonly plan: DeploymentPlan,
    private readonly lost: AbortSignal,
  ) {}

  async run(): Promise<DeploymentRecord> {
    const { kubectl, plan } = this;
    const kept = await this.closeInterrupted(await readRecords(kubectl, plan.owner));
    const { objects, to } = plan.choose(kept);
    const record: DeploymentRecord = {
      schemaVersion: 1,
      number: (kept.at(-1)?.record.number ?? 0) + 1,
      ...plan.facts,
      to,
      images: imagesIn(objects),
      startedAt: new Date().toISOString(),
      finishedAt: null,
      result: 'running',
      reason: null,
    };
    await writeRecord(kubectl, plan.owner, { record, objects });
    plan.interrupted.addEventListener('abort', () => this.closeAfterwards(record), { once: true });
    const finish = (result: Result, reason: string | null) =>
      this.finish({ record, objects }, result, reason);
    const refs = objects.map(refOf);
    let existing: readonly ObjectRef[];
    try {
      await kubectl.apply(objects, { dryRun: true, force: plan.force });
      existing = (await present(kubectl, refs)).map(refOf);
    } catch (error) {
      await finish('refused', messageOf(error));
      throw this.failure(messageOf(error), 'Nothing was changed.');
    }
    const obsolete = obsoleteOf(kept, objects);
    try {
      await bring(this.patient(plan.timeoutMs), objects, this.options(obsolete, plan.force));
    } catch (error) {
      if (plan.interrupted.aborted || this.lost.aborted) {
        await finish('interrupted', messageOf(error)).catch(() => undefined);
        throw this.failure(firstLine(error), `What deployment ${record.number} applied is left as it is.`);
      }
      plan.log(messageOf(error));
      const state = await this.goBack(lastGood(kept), refs, existing).catch(async (second: unknown) => {
        const left = `It could not be rolled back either: ${messageOf(second)}`;
        await finish('failed', `${messageOf(error)}\n${left}`).catch(() => undefined);
        throw this.failure(firstLine(error), left);
      });
      await finish('rolled-back', messageOf(error));
      throw this.failure(firstLine(error), state);
    }
    const done = await finish('succeeded', null);
    await forgetRecords(kubectl, plan.owner, [...kept, { record: done, objects }], plan.keep);
    return done;
  }

  /** @returns what is left, in a sentence */
  private async goBack(
    good: KeptDeployment | null,
    refs: readonly ObjectRef[],
    existing: readonly ObjectRef[],
  ): Promise<string> {
    const kubectl = this.patient(this.plan.timeoutMs);
    if (good === null) {
      this.plan.log('Removing what this first deployment made.');
      await prune(kubectl, without(refs, existing), this.options([], true));
      return existing.length === 0
        ? 'It was the first deployment: what it made is removed.'
        : 'It was the first deployment: what it made is removed, what it changed stays changed.';
    }
    const { record, objects } = good;
    this.plan.log(`Rolling back to deployment ${record.number}.`);
    await bring(kubectl, objects, this.options(without(refs, objects.map(refOf)), true));
    return `Rolled back to deployment ${record.number} (${record.images.join(', ')}).`;
  }

  /** A record that still says "running" is one of a process that was ended: the lease is ours. */
  private async closeInterrupted(kept: readonly KeptDeployment[]): Promise<readonly KeptDeployment[]> {
    const closed: KeptDeployment[] = [];
    for (const one of kept) {
      if (one.record.result !== 'running') closed.push(one);
      else {
        const { number, by } = one.record;
        this.plan.log(`Deployment ${number} (${by}) was cut off; the last one that was seen to work counts.`);
        const record = await this.finish(one, 'interrupted', 'its process was ended');
        closed.push({ ...one, record });
      }
    }
    return closed;
  }

  /** Whoever interrupts a task ends this process before it can say anything to the cluster. */
  private closeAfterwards(record: DeploymentRecord): void {
    const { kubectl, plan } = this;
    const closed: DeploymentRecord = { ...record, result: 'interrupted', reason: 'interrupted' };
    plan.log(
      `Interrupted: deployment ${record.number} is applied as far as it came and was not seen to work; nothing is rolled back.`,
    );
    void runAfterwards([
      closeCommand(kubectl, plan.owner, record, closed),
      releaseCommand(kubectl, leaseOf(plan.owner), plan.facts.by),
    ]);
  }

  private async finish(
    { record, objects }: KeptDeployment,
    result: Result,
    reason: string | null,
  ): Promise<DeploymentRecord> {
    const finished = { ...record, finishedAt: new Date().toISOString(), result, reason };
    await writeRecord(this.patient(endPatienceMs), this.plan.owner, { record: finished, objects });
    return finished;
  }

  /** @param state that is left, in a sentence */
  private failure(why: string, state: string): ClusterError {
    const { project, environment, action } = this.plan.facts;
    const what = action === 'deploy' ? 'not deployed to' : 'not rolled back in';
    return new ClusterError(`${project}: ${what} ${environment}: ${why}\n${state}`);
  }

  private patient(milliseconds: number): Kubectl {
    return this.kubectl.patient({ until: Date.now() + milliseconds, onSilence: this.plan.log });
  }

  private options(obsolete: readonly ObjectRef[], force: boolean): BringOptions {
    const { owner, log, timeoutMs, interrupted } = this.plan;
    const check = () => {
      if (interrupted.aborted) throw new ClusterError('interrupted');
      if (this.lost.aborted)
        throw new ClusterError('somebody else took over after this process did not reach the API server');
    };
    return { owner, force, obsolete, log, check, deadline: Date.now() + timeoutMs };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What stood in the log already. */
function firstLine(error: unknown): string {
  return messageOf(error).split('\n')[0]!;
}
