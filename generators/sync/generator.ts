import type { Tree } from '@nx/devkit';
import { leftoverSets } from '../../packages/workspace/leftovers';
import { readDescriptions } from '../../packages/workspace/stack-reader';
import { writeRendered } from '../../packages/workspace/write-rendered';
import { contextOf } from '../output-context';
import { renderServices } from '../render-services';

/** What Nx expects of a sync generator. */
export interface SyncResult {
  readonly outOfSyncMessage?: string;
}

/**
 * `nx sync`: renders every generated file again, and removes those of projects that are no service any more. `nx sync:check` runs the same and fails where that changes a file.
 * @throws DescriptionError for a mistake in a description, ConflictError for edits in conflict
 */
export default async function syncGenerator(tree: Tree): Promise<SyncResult> {
  const context = contextOf(tree, readDescriptions(tree));
  const sets = [...leftoverSets(tree), ...renderServices(context.services, context)];
  const changed = await writeRendered(tree, sets);
  if (changed.length === 0) return {};
  return {
    outOfSyncMessage: `Generated files differ from their descriptions:\n${changed.map((path) => `  ${path}`).join('\n')}`,
  };
}
