import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { baseLayerCount } from '../packages/dockerfiles/base-image';
import { parseDockerfile } from '../packages/dockerfiles/parse-dockerfile';
import type { LayoutImage } from '../packages/images/layout';
import { buildTargetOf, type TaskProject } from './project-image';

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
  const build = buildTargetOf(context.projectsConfigurations.projects[project.name]);
  const options = (build?.options ?? {}) as BuildOptions;
  return { ...options, dockerfile: options.dockerfile ?? posix.join(project.root, 'Dockerfile') };
}

/** How many of an image's layers, from the first, are its base's; none where its Dockerfile is not there. */
export function countBaseLayers(
  root: string,
  options: BuildOptions & { dockerfile: string },
  image: LayoutImage,
): number {
  const file = join(root, options.dockerfile);
  if (!existsSync(file)) return 0;
  const dockerfile = parseDockerfile(readFileSync(file, 'utf8'));
  return baseLayerCount(image.config.history ?? [], dockerfile, options.target, options.buildArgs);
}
