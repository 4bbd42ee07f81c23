import type { Service } from '../packages/service/types';
import type { FileSet } from '../packages/workspace/write-rendered';
import type { OutputContext } from './output';
import { outputs } from './outputs.gen';

/** Files of some services, every output of each, as the writer takes them. Pure. */
export function renderServices(services: readonly Service[], context: OutputContext): readonly FileSet[] {
  return services.flatMap((service) =>
    outputs.map(({ scope, render }) => ({ owner: service.root, scope, files: render(service, context) })),
  );
}
