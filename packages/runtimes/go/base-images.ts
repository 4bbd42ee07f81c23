import type { Service } from '../../service/types';
import { catalogueImage, finalBase } from '../base-image';

/** References of the images that a service's Dockerfile starts from. `baseImage` is null for a final stage from scratch. */
export interface BaseImages {
  readonly goImage: string;
  readonly baseImage: string | null;
}

/**
 * A static program runs on every base, so there is one builder.
 * @throws DescriptionError where the catalogue has no image of that version and family
 */
export function baseImages(service: Service, images: Readonly<Record<string, string>>): BaseImages {
  return {
    goImage: catalogueImage(service, images, `golang-${service.runtimeVersion}`),
    baseImage: finalBase(service, images),
  };
}
