import type { RenderedFile } from '../../packages/files/types';
import { devEnvironment } from '../../packages/service/backing';
import { checkStack } from '../../packages/service/check-stack';
import { kubernetesEnvironments, namespaceOf, unknownDigest } from '../../packages/service/kubernetes-names';
import type { Service } from '../../packages/service/types';
import { stackRoot } from '../../packages/workspace/stack-root';
import type { OutputContext } from '../output';
import { kustomizeFiles, type KustomizeImage } from './kustomize';
import { acceptedPlaceholders } from './secrets';
import { neighboursOf, serviceObjects } from './service-objects';
import { sharedObjects } from './shared-objects';

/** The manifests of one service; none where the stack does not choose Kubernetes. Pure. @throws DescriptionError */
export function renderService(service: Service, context: OutputContext): readonly RenderedFile[] {
  const { services, stack, tag, inEnvironment } = context;
  if (stack.kubernetes === null) return [];
  const base = serviceObjects(service, neighboursOf(services, stack));
  const overlays = kubernetesEnvironments(stack).map((environment) => {
    const here = neighboursOf(inEnvironment(environment), stack, environment);
    const same = here.services.find(({ name }) => name === service.name)!;
    return {
      environment,
      namespace: namespaceOf(stack, environment),
      images: [imageIn(environment, same, tag)],
      objects: serviceObjects(same, here),
    };
  });
  return kustomizeFiles(service.root, service.slug, base, overlays);
}

/** The manifests of what all services share. Pure. @throws DescriptionError where the services contradict each other */
export function renderShared({
  services,
  stack,
  images,
  inEnvironment,
}: OutputContext): readonly RenderedFile[] {
  if (stack.kubernetes === null || services.length === 0) return [];
  checkStack(services);
  const base = sharedObjects(services, stack, images, null);
  const overlays = kubernetesEnvironments(stack).map((environment) => ({
    environment,
    namespace: namespaceOf(stack, environment),
    images: [],
    objects: sharedObjects(inEnvironment(environment), stack, images, environment),
  }));
  return [
    ...kustomizeFiles(stackRoot, stack.name, base, overlays),
    ...acceptedPlaceholders([base, ...overlays.map(({ objects }) => objects)].flat()),
  ];
}

/** In dev what was just built; elsewhere nothing that could become another image. */
function imageIn(environment: string, { image }: Service, tag: string): KustomizeImage {
  const name = image.repository;
  return environment === devEnvironment ? { name, newTag: tag } : { name, digest: unknownDigest };
}
