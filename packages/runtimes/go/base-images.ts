import { catalogueEntries, imageReference } from '../../images/catalogue';
import { DescriptionError } from '../../service/description-error';
import type { Service } from '../../service/types';

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
    goImage: reference(service, images, `golang-${service.runtimeVersion}`),
    baseImage:
      service.base === 'distroless'
        ? null
        : reference(service, images, service.base === 'alpine' ? 'alpine' : 'debian-slim'),
  };
}

function reference(service: Service, images: Readonly<Record<string, string>>, key: string): string {
  if (!images[key] && !catalogueEntries().has(key)) {
    throw new DescriptionError({
      file: `${service.root}/toolbox.yaml`,
      key: 'version',
      message: `the catalogue has no image ${key}`,
    });
  }
  return imageReference(key, images);
}
