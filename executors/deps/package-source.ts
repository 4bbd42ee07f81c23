import { posix } from 'node:path';
import {
  LockfileError,
  entryTargets,
  importerOf,
  missingEntry,
  parseManifest,
  runtimeManifest,
  scanImports,
  selectPackageFiles,
  type FoundImport,
  type Manifest,
  type Reader,
} from '../../packages/lockfiles/index';
import { listFiles } from './disk';

/** Where the files of a workspace package come from, and which they are. */
export interface PackageSource {
  /** Folder of the package; its place in the image, too. */
  readonly folder: string;
  /** Folder that has the files: the package's own, or where a build of Nx puts them (`dist/<folder>`). */
  readonly from: string;
  /** Relative to `from`. */
  readonly files: readonly string[];
  /** Text of package.json as the build wrote it; null where the package's own holds. */
  readonly manifest: string | null;
}

/** @throws LockfileError where the package was not built */
export function packageSource(workspaceRoot: string, reader: Reader, folder: string): PackageSource {
  const own = sourceIn(workspaceRoot, reader, folder, folder)!;
  if (own.missing === null) return { ...own, folder, manifest: null };
  const built = sourceIn(workspaceRoot, reader, `dist/${folder}`, folder);
  if (built && built.missing === null && built.name === own.name)
    return { ...built, folder, manifest: runtimeManifest(importerOf(folder, built.manifest)) };
  throw new LockfileError(
    `${folder}: its entry ${own.missing} does not exist. Build it first: give the project a build target, which docker-deps runs`,
  );
}

function sourceIn(workspaceRoot: string, reader: Reader, from: string, folder: string) {
  const path = posix.join(from, 'package.json');
  const text = reader.read(path);
  if (text === null) return null;
  const manifest: Manifest = parseManifest(text, path);
  const all = listFiles(workspaceRoot, from);
  const files = selectPackageFiles(manifest, all);
  return { from, folder, files, manifest, name: manifest.name, missing: missingEntry(manifest, files) };
}

/** What the package's files import: packages of a workspace often leave that to the root manifest. */
export function importsOfPackage(
  reader: Reader,
  { folder, from, files }: PackageSource,
): readonly FoundImport[] {
  const scripts = files
    .filter((file) => /\.[cm]?js$/.test(file))
    .map((file) => ({ path: file, content: reader.read(posix.join(from, file)) ?? '' }));
  const path = posix.join(from, 'package.json');
  const entries = entryTargets(parseManifest(reader.read(path) ?? '{}', path));
  return scanImports(scripts, entries.length > 0 ? entries : ['index.js']).map((found) => ({
    ...found,
    file: posix.join(from, found.file),
    importer: folder,
  }));
}
