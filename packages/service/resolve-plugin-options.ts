import type { PluginOptions } from './plugin-options.gen';
import type { BaseFamily } from './types';

/** Default names of all inferred targets; the schema of the plugin's options describes each. */
const targets = [
  'compose-down',
  'compose-logs',
  'compose-up',
  'compose-validate',
  'deploy',
  'docker-build',
  'docker-deps',
  'docker-load',
  'docker-push',
  'docker-report',
  'docker-run',
  'docker-sbom',
  'docker-scan',
  'docker-sign',
  'docker-size-check',
  'docker-verify-signature',
  'k8s-diff',
  'k8s-status',
  'k8s-validate',
  'rollback',
  'swarm-deploy',
  'swarm-rollback',
  'verify',
] as const;

/** Names of the inferred targets by their default names. */
export type TargetNames = Readonly<Record<(typeof targets)[number], string>>;

/** Options of the plugin with every default filled in; null stands for "not chosen here". */
export interface ResolvedPluginOptions {
  readonly targetNames: TargetNames;
  readonly engine: 'docker' | 'podman';
  readonly builder: string | null;
  readonly registry: string;
  readonly base: BaseFamily;
  readonly uidStart: number;
  readonly budget: string | null;
  readonly platforms: readonly string[];
  readonly cacheFrom: readonly string[];
  readonly cacheTo: readonly string[];
  readonly tag: string;
  /** Null: thin where the base can be had again. */
  readonly layout: 'thin' | 'full' | null;
  readonly context: 'auto' | 'project' | 'workspace';
  readonly images: Readonly<Record<string, string>>;
}

/** Takes options that `parsePluginOptions` has checked. */
export function resolvePluginOptions(options: PluginOptions): ResolvedPluginOptions {
  return {
    targetNames: {
      ...(Object.fromEntries(targets.map((name) => [name, name])) as TargetNames),
      ...options.targetNames,
    },
    engine: options.engine ?? 'docker',
    builder: options.builder ?? null,
    registry: options.registry ?? '',
    base: options.base ?? 'distroless',
    uidStart: options.uidStart ?? 1001,
    budget: options.budget ?? null,
    platforms: options.platforms ?? [],
    cacheFrom: options.cacheFrom ?? [],
    cacheTo: options.cacheTo ?? [],
    tag: options.tag ?? 'dev',
    layout: options.layout ?? null,
    context: options.context ?? 'auto',
    images: options.images ?? {},
  };
}
