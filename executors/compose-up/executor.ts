import { logger, type ExecutorContext } from '@nx/devkit';
import type { ComposeContainer } from '../../packages/engines/docker/compose-client';
import { startComposeStack } from '../compose-start';
import { openComposeStack } from '../compose-stack';
import { failInOneLine } from '../mistakes';
import type { ComposeUpExecutorSchema } from './schema.gen';

/** Starts the stack and waits until every container is healthy. Never cached: the engine is asked. */
export default function composeUp(
  options: ComposeUpExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(async () => {
    const stack = openComposeStack(options, context, 'built');
    const { name, containers } = await startComposeStack(stack, context.root, options.timeout ?? 180);
    logger.log(`${name} is healthy: ${containers.length} containers.${addresses(containers)}`);
    return true;
  }, context.root);
}

function addresses(containers: readonly ComposeContainer[]): string {
  const lines = containers.flatMap(({ Service, Publishers }) =>
    (Publishers ?? [])
      .filter(({ PublishedPort }) => PublishedPort > 0)
      .map(({ URL, PublishedPort, TargetPort }) => `  ${Service}: ${URL}:${PublishedPort} -> ${TargetPort}`),
  );
  return [...new Set(lines)].map((line) => `\n${line}`).join('');
}
