import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { baseImage, ownHistoryLength } from '../../packages/dockerfiles/base-image';
import { parseDockerfile } from '../../packages/dockerfiles/parse-dockerfile';
import type { LayoutImage } from '../../packages/images/layout';
import type { TaskProject } from '../project-image';

interface BuildOptions {
  readonly dockerfile?: string;
  readonly target?: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
}

/** Dockerfile of a project, relative to the workspace root, and how docker-build reads it. */
export function buildOptionsOf(
  context: ExecutorContext,
  project: TaskProject,
): BuildOptions & { dockerfile: string } {
  const targets = context.projectsConfigurations.projects[project.name]?.targets ?? {};
  const build = Object.values(targets).find(({ executor }) => executor === 'toolbox:build');
  const options = (build?.options ?? {}) as BuildOptions;
  return { ...options, dockerfile: options.dockerfile ?? posix.join(project.root, 'Dockerfile') };
}

/** How many of an image's layers, from the first, are its base's: those of the history below the Dockerfile's own instructions. */
export function countBaseLayers(
  root: string,
  options: BuildOptions & { dockerfile: string },
  image: LayoutImage,
): number {
  const file = join(root, options.dockerfile);
  if (!existsSync(file)) return 0;
  const dockerfile = parseDockerfile(readFileSync(file, 'utf8'));
  if (baseImage(dockerfile, options.target, options.buildArgs) === 'scratch') return 0;
  const history = image.config.history ?? [];
  const own = ownHistoryLength(dockerfile, options.target, options.buildArgs);
  return history.slice(0, Math.max(0, history.length - own)).filter((entry) => !entry.empty_layer).length;
}
