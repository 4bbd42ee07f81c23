import { LockfileError } from './lockfile-error';
import type { Reader } from './types';

export type Specs = Readonly<Record<string, string>>;

/** What matters here of a package.json. */
export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly dependencies?: Specs;
  readonly devDependencies?: Specs;
  readonly optionalDependencies?: Specs;
  readonly peerDependencies?: Specs;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly workspaces?: readonly string[] | { readonly packages?: readonly string[] };
  readonly packageManager?: string;
  readonly [key: string]: unknown;
}

/** The dependencies of one package of the mini-workspace. */
export interface Importer {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly dependencies: Record<string, string>;
  readonly optionalDependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
}

/** Fields of a workspace package's manifest that an installation or module resolution looks at. */
const installFields = [
  'name',
  'version',
  'private',
  'type',
  'main',
  'module',
  'exports',
  'imports',
  'files',
].concat([
  'peerDependenciesMeta',
  'dependenciesMeta',
  'bundleDependencies',
  'bundledDependencies',
  'os',
  'cpu',
  'libc',
]);

/** Fields for people and tools that work on the sources. */
const developmentFields = [
  'devDependencies',
  'scripts',
  'nx',
  'workspaces',
  'overrides',
  'resolutions',
].concat([
  'pnpm',
  'packageManager',
  'devEngines',
  'husky',
  'lint-staged',
  'jest',
  'eslintConfig',
  'prettier',
]);

export function joinPath(folder: string, file: string): string {
  return folder === '.' || folder === '' ? file : `${folder}/${file}`;
}

/** @throws LockfileError where the text is no JSON object. */
export function parseManifest(text: string, path: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new LockfileError(`${path}: is not valid JSON: ${(error as Error).message.replace(/\s+/g, ' ')}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new LockfileError(`${path}: is not a JSON object`);
  return value as Manifest;
}

export function readManifest(reader: Reader, folder: string): Manifest | null {
  const path = joinPath(folder, 'package.json');
  const text = reader.read(path);
  return text === null ? null : parseManifest(text, path);
}

/** Production dependencies of a package, all of them. */
export function importerOf(folder: string, manifest: Manifest): Importer {
  const optional = { ...manifest.optionalDependencies };
  // npm lets the optional section win over the plain one.
  const dependencies = Object.fromEntries(
    Object.entries(manifest.dependencies ?? {}).filter(([name]) => !(name in optional)),
  );
  return {
    folder,
    manifest,
    dependencies,
    optionalDependencies: optional,
    peerDependencies: { ...manifest.peerDependencies },
  };
}

/** A package without dependencies yet: those that turn out to be needed are added to it. */
export function emptyImporter(folder: string, manifest: Manifest): Importer {
  return { folder, manifest, dependencies: {}, optionalDependencies: {}, peerDependencies: {} };
}

/** Section and range under which a manifest declares a package, whichever section that is. */
export function declaredSpec(manifest: Manifest, name: string): { spec: string; production: boolean } | null {
  const production = manifest.optionalDependencies?.[name] ?? manifest.dependencies?.[name];
  if (production !== undefined) return { spec: production, production: true };
  const other = manifest.devDependencies?.[name] ?? manifest.peerDependencies?.[name];
  return other === undefined ? null : { spec: other, production: false };
}

export function isOptionalPeer(entry: Pick<Manifest, 'peerDependenciesMeta'>, name: string): boolean {
  return entry.peerDependenciesMeta?.[name]?.optional === true;
}

/** The dependency sections of an importer, empty ones left out, names sorted. */
export function sectionsOf(importer: Importer): Record<string, Specs> {
  const sections: Record<string, Specs> = {};
  for (const key of ['dependencies', 'optionalDependencies', 'peerDependencies'] as const)
    if (Object.keys(importer[key]).length > 0) sections[key] = sortKeys(importer[key]);
  return sections;
}

/** The manifest that the installation sees: no scripts, no development dependencies. */
export function installManifest(importer: Importer, extra: Readonly<Record<string, unknown>> = {}): string {
  const { manifest } = importer;
  const kept = Object.fromEntries(
    installFields.filter((field) => manifest[field] !== undefined).map((field) => [field, manifest[field]]),
  );
  return toJson({ ...kept, ...sectionsOf(importer), ...extra });
}

/** The manifest that the running app sees. */
export function runtimeManifest(importer: Importer): string {
  const { manifest } = importer;
  const kept = Object.entries(manifest).filter(([field]) => !developmentFields.includes(field));
  return toJson({ ...Object.fromEntries(kept), ...sectionsOf(importer) });
}

export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** By UTF-16 code units: the same order on every machine. */
export function sortKeys<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.keys(record)
      .sort()
      .map((key) => [key, record[key]!]),
  );
}
