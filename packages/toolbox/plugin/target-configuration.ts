import type { Input } from './build-inputs';
import { stackFile } from './described-projects';

/** The part of Nx's target configuration that is inferred here. */
export interface TargetConfiguration {
  readonly executor: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly configurations?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly cache?: boolean;
  /** Always said: where it is not, Nx looks the executor's schema up for every single target. */
  readonly continuous: false;
  readonly dependsOn?: readonly (
    string | { readonly target: string; readonly projects: readonly string[] }
  )[];
  readonly inputs?: readonly Input[];
  readonly outputs?: readonly string[];
  readonly metadata: {
    readonly technologies: readonly string[];
    readonly description: string;
    readonly help: { readonly command: string; readonly example: Readonly<Record<string, unknown>> };
  };
}

/** What a budget comes from where an option names none: the plugin's options and the descriptions. */
export const budgetInputs: readonly Input[] = [
  '{projectRoot}/toolbox.yaml',
  `{workspaceRoot}/${stackFile}`,
  '{workspaceRoot}/nx.json',
  '{workspaceRoot}/package.json',
];

/** What Nx shows of a target. Never the technology "docker": Nx takes such a project for one that @nx/docker releases, and `nx release` fails without it. */
export function metadata(
  target: string,
  description: string,
  example: Readonly<Record<string, unknown>>,
): TargetConfiguration['metadata'] {
  return {
    technologies: ['container'],
    description,
    help: { command: `npx nx ${target} <project> --help`, example },
  };
}
