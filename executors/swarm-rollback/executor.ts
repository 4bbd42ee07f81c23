import { logger, type ExecutorContext } from '@nx/devkit';
import type { SwarmDeployment } from '../../packages/engines/docker/swarm-client';
import { failInOneLine, TargetError } from '../mistakes';
import { rollOut, runningDeployment } from '../swarm-roll-out';
import { openSwarmStack } from '../swarm-stack';
import type { SwarmRollbackExecutorSchema } from './schema.gen';

/** Takes a stack on a Swarm back. Never cached: the Swarm is asked. */
export default function swarmRollback(
  options: SwarmRollbackExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(async () => {
    const { client } = await openSwarmStack(options, context);
    const all = await client.deployments();
    const running = await runningDeployment(client);
    const target = choose(all, options.to, running, client.stack);
    logger.log(`${client.stack}: from deployment ${running ?? '(cut off)'} to ${target.number}.`);
    const text = await client.deployed(target);
    const { failures } = await rollOut(client, text, target.number, options.timeout ?? 600);
    if (failures.length > 0)
      throw new TargetError([...failures, `Deployment ${target.number} does not run either.`].join('\n'));
    for (const newer of all.filter(({ number }) => number > target.number)) await client.forget(newer);
    logger.log(`${client.stack} is as it was at deployment ${target.number}.`);
    return true;
  }, context.root);
}

/** @throws TargetError where there is none to go back to */
function choose(
  all: readonly SwarmDeployment[],
  to: number | undefined,
  running: number | null,
  stack: string,
): SwarmDeployment {
  if (to === undefined) {
    // What runs may be a deployment that was cut off: then the last that succeeded is the one before.
    const before = all.find(({ number }) => running === null || number < running);
    if (before) return before;
    throw new TargetError(
      all.length === 0
        ? `${stack} was never deployed here. Deploy it with: nx swarm-deploy infrastructure`
        : `${stack} has no deployment before ${all[0]!.number}.`,
    );
  }
  const found = all.find(({ number }) => number === to);
  if (found) return found;
  const numbers = all.map(({ number }) => number).join(', ');
  throw new TargetError(
    `--to: ${stack} has no deployment ${to}. ${numbers ? `It has ${numbers}.` : 'It has none.'}`,
  );
}
