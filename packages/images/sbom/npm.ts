import type { PackageRecord } from './package-record';

/** What of a manifest says which package it is. */
interface Manifest {
  readonly name?: unknown;
  readonly version?: unknown;
  readonly license?: unknown;
  readonly licenses?: unknown;
}

/** A `package.json`; null where it is no package's: it has no name or no version, as those that only say `"type": "module"`. */
export function parsePackageJson(text: string): PackageRecord | null {
  const manifest = parse(text);
  const { name, version } = manifest;
  if (typeof name !== 'string' || name === '' || typeof version !== 'string' || version === '') return null;
  return npmPackage(name, version, licencesOf(manifest));
}

export function npmPackage(
  name: string,
  version: string | null,
  licences: readonly string[] = [],
): PackageRecord {
  const slash = name.lastIndexOf('/');
  return {
    type: 'npm',
    namespace: name.slice(0, Math.max(0, slash)),
    name: name.slice(slash + 1),
    version,
    qualifiers: {},
    licences,
  };
}

function parse(text: string): Manifest {
  try {
    return (JSON.parse(text.replace(/^\uFEFF/, '')) ?? {}) as Manifest;
  } catch {
    return {};
  }
}

/** `license` as text; as an object, or `licenses` as a list of such, in packages of before 2014. */
function licencesOf({ license, licenses }: Manifest): string[] {
  const entries: unknown[] = license === undefined && Array.isArray(licenses) ? licenses : [license];
  return entries.flatMap((entry) => {
    const text = typeof entry === 'object' && entry !== null ? (entry as { type?: unknown }).type : entry;
    return typeof text === 'string' && text.trim() !== '' ? [text.trim()] : [];
  });
}

/** The folder of a package: directly in a `node_modules`, or in a scope in one. Null: no package lies there. */
export function isPackageFolder(folder: string): boolean {
  return /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@.][^/]*$/.test(folder);
}
