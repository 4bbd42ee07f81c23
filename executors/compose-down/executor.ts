import { logger, type ExecutorContext } from '@nx/devkit';
import { openComposeStack } from '../compose-stack';
import { failInOneLine } from '../mistakes';
import type { ComposeDownExecutorSchema } from './schema.gen';

/** Stops the stack and removes its containers and networks; its volumes only where that is asked for. */
export default function composeDown(
  options: ComposeDownExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(async () => {
    const { client } = openComposeStack(options, context, 'any');
    const volumes = options.volumes ? ['--volumes'] : [];
    await client.must('stop the stack', ['down', '--remove-orphans', ...volumes]);
    logger.log(options.volumes ? 'Stopped; the data is removed.' : 'Stopped; the data is kept.');
    return true;
  }, context.root);
}
