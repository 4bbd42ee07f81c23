import type { Tree } from '@nx/devkit';
import { resolvePluginOptions } from '../packages/service/resolve-plugin-options';
import type { Service } from '../packages/service/types';
import { resolveAll, type DescribedStack } from '../packages/workspace/stack-reader';
import type { OutputContext } from './output';

/** What renderers know, from all that the descriptions say. @throws DescriptionError */
export function contextOf(tree: Tree, described: DescribedStack): OutputContext {
  const { images, tag } = resolvePluginOptions(described.options);
  const known = new Map<string, readonly Service[]>();
  return {
    images,
    tag,
    stack: described.stack,
    services: resolveAll(tree, described),
    inEnvironment(environment) {
      const services = known.get(environment) ?? resolveAll(tree, described, environment);
      known.set(environment, services);
      return services;
    },
  };
}
