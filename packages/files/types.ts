/**
 * How a file is owned.
 * - `generated`: rewritten on a re-run; a user's edits are three-way merged, a conflict leaves the user's file as it is.
 * - `scaffolded`: written once, then the user's.
 * - `shared`: only our keys or lines are touched; every other byte is kept.
 */
export type Ownership = 'generated' | 'scaffolded' | 'shared';

/** One file of a renderer's output. `path` is relative to the workspace root, POSIX, and stays inside it. */
export interface RenderedFile {
  readonly path: string;
  readonly content: string;
  readonly ownership: Ownership;
  /** File mode, e.g. 0o755 for a script. Default 0o644. */
  readonly mode?: number;
}

/** What the writer did, or would do, with one file. */
export interface WriteResult {
  readonly path: string;
  readonly action: 'created' | 'updated' | 'merged' | 'unchanged' | 'kept' | 'conflict' | 'deleted';
  /** For `conflict`: one entry per conflicting place, with 1-based lines in the user's file. */
  readonly conflicts?: readonly { readonly line: number; readonly ours: string; readonly theirs: string }[];
  /**
   * For `conflict` without places: `foreign`: the file was there before toolbox; `no-base`: git does not have the text that was generated;
   * `malformed`: the merged text would not parse; `not-text`: the file is not UTF-8.
   */
  readonly reason?: 'foreign' | 'no-base' | 'malformed' | 'not-text';
}
