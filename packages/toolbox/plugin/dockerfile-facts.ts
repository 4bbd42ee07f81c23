import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DescribedProject } from './described-projects';
import type { FactsCache } from './facts-cache';
import { isBuildOutput } from '../../dockerfiles/build-output';
import { ignoreFacts } from './ignore-facts';
import type { ProjectFacts } from './project-facts';
import { sourcesOf } from './service-facts';

/** Facts of a project that has a Dockerfile and no toolbox.yaml. */
export function dockerfileFacts(
  workspaceRoot: string,
  choice: 'auto' | 'project' | 'workspace',
  project: DescribedProject,
  cache: FactsCache,
): ProjectFacts {
  const { sources, ...facts } = cache.get(project, ({ dockerfile, ignore }) => ({
    service: false,
    build: null,
    pruned: false,
    sources: sourcesOf(dockerfile),
    ignore: ignoreFacts(ignore),
  }));
  const context = choice === 'auto' ? detectContext(workspaceRoot, project.root, sources ?? []) : choice;
  // Where Dockerfile.dockerignore is missing, BuildKit reads .dockerignore of the context.
  const ignore =
    project.ignore === null ? ignoreOfContext(workspaceRoot, project.root, context) : facts.ignore;
  const paths = sources ?? [];
  const built = paths.some((path) =>
    path === '.' ? !leavesOutBuild(ignore.paths) : isBuildOutput(path, project.root),
  );
  return { ...facts, sources, ignore, context, build: built ? 'build' : null };
}

/** The folder in which more of the sources exist; the project's own where both have as many. */
function detectContext(
  workspaceRoot: string,
  root: string,
  sources: readonly string[],
): 'project' | 'workspace' {
  const inside = (path: string) =>
    root !== '.' && (path === root || path.startsWith(`${root}/`) || path.startsWith(`dist/${root}`));
  if (sources.some(inside)) return 'workspace';
  const plain = sources.filter((path) => path !== '.').map((path) => path.replace(/\/?[^/]*[*?[].*$/, ''));
  const count = (folder: string) =>
    plain.filter((path) => path !== '' && existsSync(join(folder, path))).length;
  return count(workspaceRoot) > count(join(workspaceRoot, root)) ? 'workspace' : 'project';
}

function ignoreOfContext(workspaceRoot: string, root: string, context: 'project' | 'workspace') {
  const file = join(workspaceRoot, context === 'project' ? root : '.', '.dockerignore');
  return ignoreFacts(existsSync(file) ? readFileSync(file, 'utf8') : null);
}

function leavesOutBuild(paths: readonly string[]): boolean {
  return paths.some((path) => path === 'dist' || path === '**/dist');
}
