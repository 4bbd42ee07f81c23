import { isBuildOutput } from '../../dockerfiles/build-output';
import { stackFile } from './described-projects';
import type { ProjectFacts } from './project-facts';

export type Input = string | Readonly<Record<string, unknown>>;

/**
 * Inputs of `docker-build`: exactly what can reach the image. The app's files come as outputs of the targets before it, so a source edit
 * that leaves them alone is a cache hit. Build secrets are none: they never change the image's bytes.
 */
export function buildInputs(root: string, facts: ProjectFacts): Input[] {
  // The image's name comes from the service and from the stack.
  const names = [...(facts.service ? ['{projectRoot}/toolbox.yaml'] : []), `{workspaceRoot}/${stackFile}`];
  const contextRoot = facts.context === 'project' ? '{projectRoot}' : '{workspaceRoot}';
  const ignoreFile = facts.service ? [] : [`${contextRoot}/.dockerignore`];
  return [
    '{projectRoot}/Dockerfile',
    '{projectRoot}/Dockerfile.dockerignore',
    ...names,
    ...ignoreFile,
    ...filesets(contextRoot, root, facts),
    ...outputs(root, facts),
    { env: 'TOOLBOX_VERSION' },
    { env: 'TOOLBOX_REVISION' },
    // Without this entry, any change of the lockfile would be a miss of every image.
    { externalDependencies: [] },
  ];
}

/** Workspace files among the Dockerfile's sources. A source may be a file or a folder: both forms are declared. */
function filesets(contextRoot: string, root: string, { service, sources, ignore }: ProjectFacts): string[] {
  const written = (path: string) => service && isBuildOutput(path, root);
  const paths = (sources ?? []).filter((path) => !written(path));
  if (paths.includes('.'))
    return [`${contextRoot}/**/*`, ...ignore.paths.map((path) => `!${contextRoot}/${glob(path)}/**/*`)];
  return paths.flatMap((path) => [`${contextRoot}/${glob(path)}`, `${contextRoot}/${glob(path)}/**/*`]);
}

/** Outputs of the targets that `docker-build` depends on, as far as the Dockerfile takes them. */
function outputs(root: string, facts: ProjectFacts): Input[] {
  if (facts.build === null && !facts.pruned) return [];
  const prefix = facts.context === 'project' && root !== '.' ? `${root}/` : '';
  const paths = facts.sources?.filter((path) => path === '.' || isBuildOutput(path, root));
  const names = facts.ignore.names;
  const files = names.length === 0 ? '*' : `!(${names.join('|')})`;
  const patterns =
    paths === undefined || paths.includes('.')
      ? [`${prefix}**/${files}`]
      : paths.flatMap((path) => [prefix + glob(path), `${prefix}${glob(path)}/**/${files}`]);
  return patterns.map((pattern) => ({ dependentTasksOutputFiles: pattern, transitive: false }));
}

/** Docker's wildcards mean the same to Nx; what only Nx takes for special may be any character. */
function glob(path: string): string {
  return path.replace(/[{}()!]/g, '?');
}
