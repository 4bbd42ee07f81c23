import type { ExecutorContext } from '@nx/devkit';
import { composeProblem } from '../../packages/engines/docker/compose-problem';
import { openComposeStack } from '../compose-stack';
import { failInOneLine } from '../mistakes';
import type { ComposeLogsExecutorSchema } from './schema.gen';

/** Shows what the containers of the stack wrote. */
export default function composeLogs(
  options: ComposeLogsExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(async () => {
    const { client } = openComposeStack(options, context, 'any');
    const args = ['logs', '--timestamps', '--tail', String(options.tail ?? 100)];
    const { code, signal, stderr } = await client.run(
      [...args, ...(options.follow ? ['--follow'] : []), ...(options.service ? [options.service] : [])],
      { output: 'both' },
    );
    // Who follows ends it with Ctrl-C.
    if (code !== 0 && signal === null && code !== 130) throw composeProblem('show the logs', stderr);
    return true;
  }, context.root);
}
