/** What the targets of a project depend on; plain data, kept in the cache. */
export interface ProjectFacts {
  /** Whether a toolbox.yaml describes the project. */
  readonly service: boolean;
  /** Target that builds the app, null where none does. */
  readonly build: string | null;
  /** Are pruned dependencies installed in the image (the docker-deps target)? */
  readonly pruned: boolean;
  /** What the Dockerfile takes from the build context; null where there is no Dockerfile yet. */
  readonly sources: readonly string[] | null;
  readonly ignore: IgnoreFacts;
  /** Only for a project without toolbox.yaml: which folder is the build context. */
  readonly context?: 'project' | 'workspace';
}

/** What the ignore file keeps out of the context whatever else it says. */
export interface IgnoreFacts {
  /** File name patterns that are left out everywhere, e.g. `*.map`. */
  readonly names: readonly string[];
  /** Paths of the context that are left out; only those that nothing lets in again. */
  readonly paths: readonly string[];
}
