import { createHash } from 'node:crypto';
import type { ImageRecord } from '../image-record';
import type { Layout } from '../layout';
import type { FoundPackage, Inventory } from './package-record';
import { PackageList } from './package-list';
import { purlOf } from './purl';
import { readPackages } from './read-packages';

/** The image that a bill of materials is about. */
export interface SbomSubject {
  /** Repository without registry and tag, e.g. `acme/api`. */
  readonly name: string;
  /** Digest of the manifest or index, `sha256:…`. */
  readonly digest: string;
  readonly purl: string;
  /** When the image says that it was made, in seconds' precision; the documents bear no other time. */
  readonly created: string;
}

/** An image and what is in it: all that a document is written from. */
export interface Sbom {
  readonly subject: SbomSubject;
  readonly inventory: Inventory;
}

/**
 * Catalogues all platforms of an image.
 * @throws ImageError where a layer is damaged or hostile
 */
export async function readSbom(
  layout: Layout,
  record: Pick<ImageRecord, 'digest' | 'tags' | 'project'>,
): Promise<Sbom> {
  const list = new PackageList();
  const limits = new Set<string>();
  let distribution: Inventory['distribution'] = null;
  for (const image of layout.images) {
    const inventory = await readPackages(layout, image);
    list.addAll(inventory.packages);
    for (const limit of inventory.limits) limits.add(limit);
    distribution ??= inventory.distribution;
  }
  const inventory = { distribution, packages: list.sorted(), limits: [...limits] };
  return { subject: subjectOf(record, layout.images[0]!.config.created), inventory };
}

function subjectOf(
  { digest, tags, project }: Pick<ImageRecord, 'digest' | 'tags' | 'project'>,
  created: string | undefined,
): SbomSubject {
  const reference = (tags[0] ?? project).replace(/:[^:/]*$/, '');
  const name = reference.slice(reference.lastIndexOf('/') + 1);
  const time = new Date(created ?? 0);
  return {
    name: reference,
    digest,
    purl: purlOf({
      type: 'oci',
      namespace: '',
      name,
      version: digest,
      qualifiers: { repository_url: reference.includes('/') ? reference : '' },
    }),
    created: (Number.isNaN(time.getTime()) ? new Date(0) : time).toISOString().replace(/\.\d+Z$/, 'Z'),
  };
}

/** A UUID (version 8, RFC 9562) of what a document says: the same document has the same one, another document another. */
export function uuidOf(content: unknown): string {
  const hex = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  const variant = ((parseInt(hex[16]!, 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** Name of a package as its own manager writes it: with scope, or with the path of its module. */
export function fullName({ type, namespace, name }: FoundPackage): string {
  return namespace !== '' && (type === 'npm' || type === 'golang') ? `${namespace}/${name}` : name;
}
