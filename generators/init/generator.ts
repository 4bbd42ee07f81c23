import type { Tree } from '@nx/devkit';
import { initStack } from './init-stack';
import type { InitGeneratorSchema } from './schema.gen';

/** `nx g toolbox:init`, which `nx add toolbox` runs. @throws DescriptionError */
export default async function initGenerator(tree: Tree, options: InitGeneratorSchema): Promise<void> {
  await initStack(tree, options);
}
