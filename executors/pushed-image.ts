import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import type { KubernetesObject } from '../packages/cluster/objects';
import { imagesIn, repositoryOf, withImage } from '../packages/cluster/pod-images';
import type { RenderedTarget } from './cluster-target';
import { TargetError } from './mistakes';

/** The part of docker-push's report that is read here; push-report.schema.json describes it. */
interface PushReport {
  readonly repositories: readonly { readonly references: readonly [string, ...string[]] }[];
}

/**
 * The objects with their project's image by the digest under which it was pushed last. A project without an image keeps what its manifests name.
 * @param chosen `repository@sha256:…`, instead of the push's
 * @throws TargetError where there was no push, or no container runs the image
 */
export function withPushedImage(
  { project, objects, overlay }: Pick<RenderedTarget, 'project' | 'objects' | 'overlay'>,
  chosen: string | undefined,
  context: ExecutorContext,
): readonly KubernetesObject[] {
  if (chosen !== undefined && !/^[^@\s]+@sha256:[0-9a-f]{64}$/.test(chosen))
    throw new TargetError(
      `${project.name}: image: ${chosen}: is not an image by digest (registry.example.com/acme/${project.name}@sha256:…).`,
    );
  const targets = Object.values(context.projectsConfigurations.projects[project.name]?.targets ?? {});
  const hasImage = targets.some(({ executor }) => executor === 'toolbox:push');
  const images = chosen === undefined ? (hasImage ? pushed(project.name, context.root) : []) : [chosen];
  if (images.length === 0) return objects;
  for (const image of images) {
    const changed = withImage(objects, image);
    if (imagesIn(changed).includes(image)) return changed;
  }
  throw new TargetError(
    `${overlay}: no container runs ${images.map(repositoryOf).join(' or ')}; they run ${imagesIn(objects).join(', ') || 'nothing'}. Correct the image's name.`,
  );
}

function pushed(project: string, root: string): readonly string[] {
  const file = posix.join('dist/reports', project, 'push.json');
  if (!existsSync(join(root, file)))
    throw new TargetError(
      `${project}: its image was not pushed from here (${file}). Push it: nx docker-push ${project}, or say --image=repository@sha256:….`,
    );
  const { repositories } = JSON.parse(readFileSync(join(root, file), 'utf8')) as PushReport;
  return repositories.map(({ references }) => references[0]);
}
