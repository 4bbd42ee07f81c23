import { baseImage, baseLayerCount } from '../../packages/dockerfiles/base-image';
import type { ImageRecord } from '../../packages/images/image-record';
import type { Layout } from '../../packages/images/layout';
import { canonicalReference } from '../../packages/service/image-reference';
import type { BuildPlan } from './plan';

/** How many of the image's layers are its base image's. */
export function countBaseLayers({ dockerfile, request }: BuildPlan, layout: Layout): number {
  const [image] = layout.images;
  return image
    ? baseLayerCount(image.config.history ?? [], dockerfile, request.target, request.buildArgs)
    : 0;
}

/** The base as the Dockerfile names it, or `scratch`. */
export function baseName({ dockerfile, request }: BuildPlan): string {
  return baseImage(dockerfile, request.target, request.buildArgs) ?? 'scratch';
}

/** The base as the Dockerfile names it, with the digest that it names or that the engine resolved. */
export function baseOfImage(plan: BuildPlan, bases: Readonly<Record<string, string>>): ImageRecord['base'] {
  const name = baseName(plan);
  const [reference = '', pinned] = name.split('@');
  const tagged = reference.lastIndexOf(':') > reference.lastIndexOf('/') ? reference : `${reference}:latest`;
  return { name, digest: pinned ?? bases[canonicalReference(tagged)] ?? null };
}
