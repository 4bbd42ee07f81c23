import type { PackageManager } from '../service/types';

/** Read-only view of the workspace. Paths are POSIX and relative to the workspace root; `list` gives names of direct children. */
export interface Reader {
  read(path: string): string | null;
  exists(path: string): boolean;
  list(folder: string): readonly string[];
}

/** One bare import found in the build output. */
export interface FoundImport {
  /** Name of the package, e.g. `@acme/lib` for `@acme/lib/deep.js`. */
  readonly name: string;
  /** Path of the file as it was given to the scan. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /**
   * `static`: runs when the file is loaded, so the package has to be there. `lazy`: a dynamic import, or a require inside a
   * function. `optional`: guarded by `try`.
   */
  readonly need: 'static' | 'lazy' | 'optional';
  /** Folder of the workspace package that the file is of. Default: the app. */
  readonly importer?: string;
}

export interface PruneRequest {
  readonly reader: Reader;
  readonly packageManager: PackageManager;
  /** Folder of the app, relative to the workspace root; `.` where the workspace is the app. */
  readonly projectRoot: string;
  readonly imports: readonly FoundImport[];
  /** Text of a package.json that the build wrote, with the path to name in messages. */
  readonly outputManifest?: { readonly path: string; readonly content: string } | null;
  /** Packages that the app loads by names computed at run time. */
  readonly include?: readonly string[];
}

export interface PrunedFile {
  readonly path: string;
  readonly content: string;
}

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Whether installing it may compile native code. */
  readonly native: boolean;
}

/** A mini-workspace with what one app needs. All lists are sorted by path or name. */
export interface PrunedWorkspace {
  /** What the frozen installation needs. */
  readonly manifests: readonly PrunedFile[];
  /** Files or folders that the installation needs as they are (tarballs, patches): workspace path -> path among the manifests. */
  readonly manifestCopies: readonly { readonly from: string; readonly to: string }[];
  /** package.json of the needed workspace packages as they are at run time. */
  readonly files: readonly PrunedFile[];
  /** Folders of the needed workspace packages, whose published files belong in the image. The app itself is not among them. */
  readonly copies: readonly { readonly from: string; readonly to: string }[];
  readonly packages: readonly LockedPackage[];
  /** One line each. */
  readonly warnings: readonly string[];
}
