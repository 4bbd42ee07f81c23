import type { ServiceBuild } from '../../../service/types';
import type { ProjectTargets, WorkspaceReader } from '../../runtime';

/** One target of a project with its options, the default configuration merged in. */
export interface BuildTarget {
  readonly name: string;
  readonly executor: string;
  /** Command line of `nx:run-commands` or of the npm script, else the empty text. */
  readonly command: string;
  /** Folder in which `command` runs, relative to the workspace root. */
  readonly cwd: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly outputs: readonly string[];
}

/** What one target says about the files it makes. Paths are relative to the workspace root. */
export type BuildFact = Pick<ServiceBuild, 'output' | 'main' | 'dependencies'>;

/** Reads the facts of one build tool; null where the target is not of that tool, or does not say where it writes. */
export type ReadBuild = (
  target: BuildTarget,
  project: ProjectTargets,
  workspace: WorkspaceReader,
) => BuildFact | null;
