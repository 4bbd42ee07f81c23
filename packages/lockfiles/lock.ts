import type { Importer } from './manifest';
import type { PrunedFile } from './types';

/** A package that the lockfile has and the mini-workspace needs. */
export interface ReachedPackage {
  readonly name: string;
  readonly version: string;
  /** Names of the packages that it depends on itself. */
  readonly dependencies: readonly string[];
}

/** What can be reached from the importers of a mini-workspace. */
export interface Walk {
  /** By the lockfile's own key. */
  readonly packages: ReadonlyMap<string, ReachedPackage>;
  /** Folders of workspace packages that are linked; each becomes an importer. */
  readonly links: ReadonlySet<string>;
  /** Peers that a reached package leaves to its surroundings, and whether it can do without. */
  readonly peers: ReadonlyMap<string, { readonly optional: boolean }>;
}

export interface RenderedLock {
  readonly files: readonly PrunedFile[];
  /** Files or folders that the installation reads beside the lockfile, relative to the workspace root. */
  readonly copies: readonly string[];
  /** What the root manifest has besides its dependencies and the list of workspace packages. */
  readonly rootFields: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
}

/** The lockfile of one package manager. One file or folder per package manager implements it. */
export interface Lock {
  /** Name of the file, for messages. */
  readonly file: string;
  /**
   * Versions, as specifications for a manifest, in which a package that no manifest declares can be found from a folder. Node
   * finds it there by accident, so several make it impossible to say which.
   */
  undeclared(name: string, folder: string): readonly string[];
  /** Specification of a link to a workspace package, or null where links exist without being declared. */
  linkSpec(name: string): string | null;
  /** @throws LockfileError where the lockfile does not fit the manifests. */
  walk(importers: ReadonlyMap<string, Importer>): Walk;
  render(importers: ReadonlyMap<string, Importer>, walk: Walk): RenderedLock;
}
