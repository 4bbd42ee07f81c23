import { logger, type Tree } from '@nx/devkit';
import { posix } from 'node:path';
import { lockName } from '../../packages/files/lock';
import { suggest } from '../../packages/service/choices';
import { DescriptionError } from '../../packages/service/description-error';
import { descriptionFile } from '../../packages/service/resolve-service';
import { emptySets, generatedPaths } from '../../packages/workspace/leftovers';
import { readDescriptions } from '../../packages/workspace/stack-reader';
import { writeRendered } from '../../packages/workspace/write-rendered';
import { contextOf } from '../output-context';
import { renderServices } from '../render-services';
import type { RemoveGeneratorSchema } from './schema.gen';

/**
 * `nx g toolbox:remove <project>`: the project stays, its description and what was generated from it go.
 * @throws DescriptionError where it is no service, or where another one names it; Nx then writes nothing at all
 */
export default async function removeGenerator(
  tree: Tree,
  { project, force = false }: RemoveGeneratorSchema,
): Promise<void> {
  const { root } = findService(tree, project);
  tree.delete(descriptionFile(root));
  const context = contextOf(tree, readDescriptions(tree));
  await writeRendered(tree, [...emptySets(tree, root), ...renderServices(context.services, context)]);
  // What is still in the lock was edited.
  for (const path of generatedPaths(tree, root)) {
    if (force) tree.delete(path);
    else logger.warn(`${path}: has edits of yours and stays. Nothing generates it any more.`);
  }
  const lock = posix.join(root, lockName);
  if (tree.exists(lock)) tree.delete(lock);
}

function findService(tree: Tree, project: string): { readonly root: string } {
  const { services } = readDescriptions(tree);
  const found = services.find(({ name }) => name === project);
  if (found) return found;
  const names = services.map(({ name }) => name);
  const message = `is not a service. ${suggest(project, names) || 'The workspace has none.'}`;
  throw new DescriptionError({ file: project, key: '', message });
}
