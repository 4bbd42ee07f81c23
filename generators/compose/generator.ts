import type { Tree } from '@nx/devkit';
import { readDescriptions } from '../../packages/workspace/stack-reader';
import { stackRoot } from '../../packages/workspace/stack-root';
import { writeRendered } from '../../packages/workspace/write-rendered';
import { contextOf } from '../output-context';
import { renderCompose } from './render';
import type { ComposeGeneratorSchema } from './schema.gen';

/**
 * `nx g toolbox:compose`: the Compose files of the stack.
 * @throws DescriptionError for a user's mistake, ConflictError for edits in conflict; Nx then writes nothing at all.
 */
export default async function composeGenerator(
  tree: Tree,
  { force, keep }: ComposeGeneratorSchema,
): Promise<void> {
  const files = renderCompose(contextOf(tree, readDescriptions(tree)));
  await writeRendered(tree, [{ owner: stackRoot, scope: 'compose', files }], { force, keep });
}
