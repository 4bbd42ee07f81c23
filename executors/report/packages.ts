import { existsSync, readFileSync } from 'node:fs';

/** A package of an image, as docker-sbom listed it. */
export interface ListedPackage {
  /** Package URL without qualifiers. */
  readonly purl: string;
  /** E.g. `npm`; the empty text where the URL does not say. */
  readonly type: string;
  readonly name: string;
  /** The empty text where it is not known. */
  readonly version: string;
  readonly licences: readonly string[];
}

export interface PackageReading {
  readonly packages: readonly ListedPackage[];
  /** What of the image could not be catalogued. */
  readonly limits: readonly string[];
}

interface Component {
  readonly group?: string;
  readonly name?: string;
  readonly version?: string;
  readonly purl?: string;
  readonly licenses?: readonly {
    readonly expression?: string;
    readonly license?: { readonly id?: string; readonly name?: string };
  }[];
}

interface Document {
  readonly metadata?: {
    readonly component?: { readonly version?: string };
    readonly properties?: readonly { readonly name: string; readonly value: string }[];
  };
  readonly components?: readonly Component[];
}

/**
 * Reads what docker-sbom wrote about this very image.
 * @returns null where there is no list of it
 */
export function readPackageList(file: string, digest: string): PackageReading | null {
  if (!existsSync(file)) return null;
  const { metadata, components = [] } = JSON.parse(readFileSync(file, 'utf8')) as Document;
  if (metadata?.component?.version !== digest) return null;
  const byPurl = new Map<string, ListedPackage>();
  for (const component of components) {
    const [purl = ''] = (component.purl ?? '').split('?');
    if (purl !== '' && !byPurl.has(purl)) byPurl.set(purl, listed(purl, component));
  }
  return {
    packages: [...byPurl.values()],
    limits: (metadata.properties ?? [])
      .filter(({ name }) => name === 'toolbox:limit')
      .map(({ value }) => value),
  };
}

function listed(purl: string, { group, name = '', version = '', licenses = [] }: Component): ListedPackage {
  return {
    purl,
    type: /^pkg:([^/]+)\//.exec(purl)?.[1] ?? '',
    name: group === undefined ? name : `${group}/${name}`,
    version,
    licences: licenses.flatMap(({ expression, license }) => expression ?? license?.id ?? license?.name ?? []),
  };
}
