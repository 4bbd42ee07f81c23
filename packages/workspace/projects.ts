import {
  createProjectGraphAsync,
  getProjects,
  type ProjectConfiguration,
  type TargetConfiguration,
  type Tree,
} from '@nx/devkit';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ProjectTargets } from '../runtimes/runtime';

/** A project with the configuration that its own files have; targets that plugins infer are not among it. */
export interface WorkspaceProject {
  readonly name: string;
  readonly root: string;
  readonly type: 'application' | 'library' | null;
}

/** All projects of the workspace, sorted by name. */
export function readProjects(tree: Tree): readonly WorkspaceProject[] {
  return [...getProjects(tree)]
    .map(([name, { root, projectType }]) => ({
      name,
      root: root === '' ? '.' : root,
      type: projectType ?? null,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * A project with all its targets, those that plugins infer included. They stand in the project graph only, which Nx
 * builds from the disk; where there is no workspace on disk, or its graph cannot be built, the project's own files count.
 */
export async function readTargets(tree: Tree, name: string): Promise<ProjectTargets> {
  const own = getProjects(tree).get(name);
  if (!own) throw new Error(`${name} is not a project of this workspace`);
  const inferred = await inferredProject(tree, name);
  const { root, sourceRoot } = inferred ?? own;
  return {
    name,
    root: root === '' ? '.' : root,
    ...(sourceRoot ? { sourceRoot } : {}),
    targets: Object.fromEntries(
      Object.entries({ ...own.targets, ...inferred?.targets }).map(([target, facts]) => [
        target,
        targetFacts(facts),
      ]),
    ),
  };
}

async function inferredProject(tree: Tree, name: string): Promise<ProjectConfiguration | undefined> {
  if (!existsSync(join(tree.root, 'nx.json'))) return undefined;
  try {
    const graph = await createProjectGraphAsync({ exitOnError: false });
    return graph.nodes[name]?.data;
  } catch {
    return undefined;
  }
}

function targetFacts(target: TargetConfiguration): ProjectTargets['targets'][string] {
  const { executor, command, options, outputs, configurations, defaultConfiguration } = target;
  return { executor, command, options, outputs, configurations, defaultConfiguration };
}
