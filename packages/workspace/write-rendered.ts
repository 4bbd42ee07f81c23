import { logger, type Tree } from '@nx/devkit';
import { formatConflicts } from '../files/report';
import type { RenderedFile, WriteResult } from '../files/types';
import { writeFiles } from '../files/writer';
import { readBlob } from '../process/git';

/** Edits of the user's that cannot be merged: one line per place. Thrown, so that Nx writes nothing of the whole run. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
}

/** Files of one output family of one owner. */
export interface FileSet {
  /** Folder of the description that the files come from; their lock lies there. */
  readonly owner: string;
  /** Name of the family: files that it does not render any more are removed. */
  readonly scope: string;
  readonly files: readonly RenderedFile[];
}

export interface WriteOptions {
  /** Takes the generated text where the user's edits are in conflict with it. */
  readonly force?: boolean;
  /** Keeps the user's edits where they are in conflict with the generated text, and remembers that. */
  readonly keep?: boolean;
}

/**
 * Writes all sets and returns the paths that changed.
 * @throws ConflictError with the conflicts of all of them
 */
export async function writeRendered(
  tree: Tree,
  sets: readonly FileSet[],
  { force = false, keep = false }: WriteOptions = {},
): Promise<readonly string[]> {
  const results: WriteResult[] = [];
  const conflicts: string[] = [];
  for (const set of sets) {
    const report = await writeFiles(tree, { ...set, force, keep, baseOf: (id) => readBlob(tree.root, id) });
    results.push(...report.results);
    conflicts.push(...formatConflicts(report));
  }
  if (conflicts.length > 0) throw new ConflictError(conflicts.join('\n'));
  for (const { path, action } of results)
    if (action === 'merged') logger.info(`${path}: merged with your changes`);
  return results.filter(({ action }) => !['unchanged', 'kept'].includes(action)).map(({ path }) => path);
}
