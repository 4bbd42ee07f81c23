import { catalogueEntries, imageReference } from '../images/catalogue';
import { DescriptionError } from '../service/description-error';
import type { Service } from '../service/types';

/**
 * Reference of an image of the catalogue for a service's Dockerfile; `images` replace the catalogue's, by its names.
 * @throws DescriptionError where the catalogue has no such image
 */
export function catalogueImage(
  service: Pick<Service, 'root'>,
  images: Readonly<Record<string, string>>,
  key: string,
): string {
  if (images[key] || catalogueEntries().has(key)) return imageReference(key, images);
  throw new DescriptionError({
    file: `${service.root}/toolbox.yaml`,
    key: 'version',
    message: `the catalogue has no image ${key}`,
  });
}

/** What the final stage starts from; null for one from scratch. @throws DescriptionError */
export function finalBase(service: Service, images: Readonly<Record<string, string>>): string | null {
  if (service.base === 'distroless') return null;
  return catalogueImage(service, images, service.base === 'alpine' ? 'alpine' : 'debian-slim');
}
