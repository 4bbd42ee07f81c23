import type { RenderedFile } from '../../packages/files/types';
import type { Service } from '../../packages/service/types';
import { runtimeOf } from '../../packages/workspace/runtime-of';
import type { OutputContext } from '../output';

/** The Dockerfile and the ignore file of one service, as its runtime makes them. Pure. */
export function renderDockerfile(
  service: Service,
  { images, services }: OutputContext,
): readonly RenderedFile[] {
  return runtimeOf(service.runtime, `${service.root}/toolbox.yaml`).renderImage(service, images, {
    services,
  });
}
