import { logger, type ExecutorContext } from '@nx/devkit';
import { ComposeClient } from '../../packages/engines/docker/compose-client';
import { devEnvironment } from '../../packages/service/backing';
import { composeEnvironments } from '../../packages/service/compose-names';
import { findCallCycle } from '../../packages/service/check-stack';
import { readServicesOnDisk } from '../../packages/workspace/service-on-disk';
import { composeFiles, imageVariables } from '../compose-stack';
import { failInOneLine, TargetError } from '../mistakes';
import { findWeaknesses } from './weaknesses';
import type { ComposeValidateExecutorSchema } from './schema.gen';

/** Asks Compose whether every combination of the files holds, and checks what it does not care about. */
export default function composeValidate(
  _options: ComposeValidateExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(async () => {
    const { root, nxJsonConfiguration: nxJson } = context;
    const { stack, services } = readServicesOnDisk(root, context.projectsConfigurations.projects, nxJson);
    const found: string[] = [];
    const combinations = [null, ...composeEnvironments(stack.environments)];
    for (const environment of combinations) {
      const name = environment ?? 'base';
      const client = new ComposeClient({
        files: composeFiles(root, environment),
        env: imageVariables(context, 'any'),
      });
      await client.must(`read the combination ${name}`, ['config', '--quiet']);
      const weaknesses = findWeaknesses(await client.config(), services, environment === devEnvironment);
      found.push(...weaknesses.map((weakness) => `${name}: ${weakness}`));
    }
    const circle = findCallCycle(services);
    if (circle)
      logger.warn(
        `${circle.join(' calls ')}: a circle has no start order; one of them starts without waiting.`,
      );
    if (found.length > 0) throw new TargetError([...new Set(found)].join('\n'));
    logger.log(`${combinations.length} combinations hold.`);
    return true;
  }, context.root);
}
