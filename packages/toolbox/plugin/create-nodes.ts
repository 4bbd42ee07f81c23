import { createHash } from 'node:crypto';
import { dirname } from 'node:path/posix';
import { version } from '../package.json';
import type { PluginOptions } from '../../service/plugin-options.gen';
import { resolvePluginOptions } from '../../service/resolve-plugin-options';
import { DescribedProjects, stackFile } from './described-projects';
import { FactsCache } from './facts-cache';
import { dockerfileFacts } from './dockerfile-facts';
import { serviceFacts } from './service-facts';
import type { TargetConfiguration } from './target-configuration';
import { inferStackTargets, inferTargets } from './targets';

/** A service description, or a Dockerfile of a project without one. */
export const pattern = '**/{toolbox.yaml,Dockerfile}';

/** What Nx hands to a plugin, as far as this one reads it. */
export interface CreateNodesContext {
  readonly workspaceRoot: string;
}

export interface ProjectNode {
  readonly targets: Readonly<Record<string, TargetConfiguration>>;
}

export type CreateNodesResult = readonly [
  file: string,
  result: { readonly projects: Readonly<Record<string, ProjectNode>> },
];

/** `[glob, function]`: Nx's contract. It is spelt out here because the entry must not load @nx/devkit. */
export type CreateNodes = [
  pattern: string,
  create: (
    files: readonly string[],
    options: unknown,
    context: CreateNodesContext,
  ) => Promise<CreateNodesResult[]>,
];

/**
 * The container targets of every described project. A description that is being edited never breaks the graph: what it says is checked
 * by the targets themselves.
 * @throws DescriptionError where the plugin's own options in nx.json are wrong
 */
export async function createNodesFor(
  files: readonly string[],
  options: unknown,
  { workspaceRoot }: CreateNodesContext,
): Promise<CreateNodesResult[]> {
  const key = createHash('sha256')
    .update(JSON.stringify([version, options ?? {}]))
    .digest('hex');
  const cache = new FactsCache(workspaceRoot, key);
  if (!cache.known) checkOptions(options);
  const resolved = resolvePluginOptions((options ?? {}) as PluginOptions);
  const results: CreateNodesResult[] = [];
  const projects = new DescribedProjects(workspaceRoot, files);
  for (const project of projects) {
    const facts = project.description
      ? cache.get(project, serviceFacts)
      : dockerfileFacts(workspaceRoot, resolved.context, project, cache);
    const targets = inferTargets(project.root, facts, resolved, version);
    results.push([project.file, { projects: { [project.root]: { targets } } }]);
  }
  if (projects.hasStackProject()) {
    const targets = inferStackTargets(resolved, version);
    results.push([stackFile, { projects: { [dirname(stackFile)]: { targets } } }]);
  }
  cache.save();
  return results;
}

/** The schema's validators are large and right options stay right: they are loaded for new options only. */
function checkOptions(options: unknown): void {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- lazy on purpose
  const { parsePluginOptions } = require('../../service/parse') as typeof import('../../service/parse');
  parsePluginOptions(options);
}
