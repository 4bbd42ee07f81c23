import data from './catalogue.json';
import { ImageError } from './image-error';

/** A pinned image of the catalogue: the only place where versions of images stand. */
export interface CatalogueImage {
  /** Repository, e.g. `node`. */
  readonly image: string;
  /** Full version, e.g. `24.21.0-trixie-slim`. Never a moving tag. */
  readonly tag: string;
  /** Digest of the index where it is pinned, else null. */
  readonly digest: string | null;
  /** Runtime whose binaries it holds, null for a plain base. */
  readonly runtime: string | null;
  readonly family: string;
  /** The runtime's version as keys and descriptions name it, e.g. `24` or `3.13`, null for a plain base. */
  readonly version: string | null;
  /**
   * `runtime`: a stage takes the runtime out of it. `builder`: a stage compiles in it. `final`: final stages start from it.
   * `service`: runs as it is, e.g. a database.
   */
  readonly role: string;
  /** Day after which nobody mends it, `yyyy-mm-dd`. */
  readonly endOfLife: string;
  /** Where the version and the dates come from. */
  readonly source: string;
}

const images: ReadonlyMap<string, CatalogueImage> = new Map(Object.entries(data.images));

/** All images by key, e.g. `node-24-slim`, in the order of the file: sorted. */
export function catalogueEntries(): ReadonlyMap<string, CatalogueImage> {
  return images;
}

/**
 * Reference of an image, with its digest where that is pinned.
 * @param overrides references that replace the catalogue's, by key
 * @throws ImageError for an unknown key, with the choices
 */
export function imageReference(key: string, overrides: Readonly<Record<string, string>> = {}): string {
  const override = Object.hasOwn(overrides, key) ? overrides[key] : undefined;
  if (override) return override;
  const found = images.get(key);
  if (!found)
    throw new ImageError(`The catalogue has no image ${key}. Use one of: ${[...images.keys()].join(', ')}.`);
  return `${found.image}:${found.tag}${found.digest ? `@${found.digest}` : ''}`;
}
