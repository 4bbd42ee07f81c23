import type { Service } from '../packages/service/types';
import type { FileSet } from '../packages/workspace/write-rendered';
import { stackRoot } from '../packages/workspace/stack-root';
import type { OutputContext } from './output';
import { outputs } from './outputs.gen';

/** Files of some services, every output of each, and what all services have together, as the writer takes them. Pure. */
export function renderServices(services: readonly Service[], context: OutputContext): readonly FileSet[] {
  return outputs.flatMap(({ scope, render, renderStack }) => [
    ...(render
      ? services.map((service) => ({ owner: service.root, scope, files: render(service, context) }))
      : []),
    ...(renderStack ? [{ owner: stackRoot, scope, files: renderStack(context) }] : []),
  ]);
}
