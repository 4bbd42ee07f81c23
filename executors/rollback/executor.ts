import { logger, type ExecutorContext } from '@nx/devkit';
import { carryOut, type DeploymentPlan } from '../../packages/cluster/carry-out';
import { lastGood, type KeptDeployment } from '../../packages/cluster/records';
import { listChoices } from '../../packages/service/choices';
import { actor, commitOf, openClusterTarget, whileInterruptible } from '../cluster-target';
import { failInOneLine, TargetError } from '../mistakes';
import type { RollbackExecutorSchema } from './schema.gen';

/** Brings back what an earlier deployment recorded, object for object. Never cached. */
export default function rollback(
  options: RollbackExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(async () => {
    const { kubectl, project, environment, owner } = await openClusterTarget(options, context);
    const facts = {
      project: project.name,
      environment,
      action: 'rollback' as const,
      by: await actor(kubectl),
      commit: await commitOf(context.root),
    };
    const choose: DeploymentPlan['choose'] = (kept) => {
      const { record, objects } = chooseRecord(kept, options.to, `${project.name}: ${environment}`);
      return { objects, to: record.number };
    };
    const { number, to, images } = await whileInterruptible((interrupted) =>
      carryOut(kubectl, {
        owner,
        facts,
        choose,
        // What is brought back was ours in whole.
        force: true,
        timeoutMs: (options.timeout ?? 300) * 1000,
        keep: options.keep ?? 10,
        log: (line) => logger.log(line),
        interrupted,
      }),
    );
    logger.log(
      `${kubectl.where}: ${project.name} runs as deployment ${to} left it (now deployment ${number}): ${images.join(', ')}`,
    );
    return true;
  }, context.root);
}

/** @param to number of the record; default: the last one that was seen to work before the present one */
export function chooseRecord(
  kept: readonly KeptDeployment[],
  to: number | undefined,
  what: string,
): KeptDeployment {
  const good = kept.filter(({ record }) => record.result === 'succeeded');
  if (to !== undefined) {
    const chosen = good.find(({ record }) => record.number === to);
    if (chosen) return chosen;
    const numbers = good.map(({ record }) => String(record.number));
    throw new TargetError(
      `${what}: there is no deployment ${to} that worked. ${numbers.length > 0 ? `Use ${listChoices(numbers)}.` : 'There is none at all.'}`,
    );
  }
  const present = lastGood(kept);
  const last = kept.at(-1);
  // After one that was cut off, the last that worked is the one before.
  const isUnsure = last !== undefined && ['interrupted', 'failed'].includes(last.record.result);
  const back = isUnsure ? present : (good.at(-2) ?? null);
  if (back) return back;
  throw new TargetError(`${what}: there is no earlier deployment that worked: nothing to go back to.`);
}
