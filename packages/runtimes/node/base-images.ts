import type { Service } from '../../service/types';
import { catalogueImage, finalBase } from '../base-image';

/** References of the images that a service's Dockerfile starts from. `baseImage` is null for a final stage from scratch. */
export interface BaseImages {
  readonly nodeImage: string;
  readonly baseImage: string | null;
}

/** @throws DescriptionError where the catalogue has no image of that version and family. */
export function baseImages(service: Service, images: Readonly<Record<string, string>>): BaseImages {
  const family = service.base === 'alpine' ? 'alpine' : 'slim';
  return {
    nodeImage: catalogueImage(service, images, `node-${service.runtimeVersion}-${family}`),
    baseImage: finalBase(service, images),
  };
}
