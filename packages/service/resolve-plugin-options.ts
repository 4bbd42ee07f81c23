import type { PluginOptions } from './plugin-options.gen';
import type { BaseFamily } from './types';

/** Names of the inferred targets by their default names. */
export type TargetNames = Readonly<
  Record<'docker-build' | 'docker-deps' | 'docker-load' | 'docker-run' | 'docker-size-check', string>
>;

/** Options of the plugin with every default filled in; null stands for "not chosen here". */
export interface ResolvedPluginOptions {
  readonly targetNames: TargetNames;
  readonly engine: 'docker';
  readonly builder: string | null;
  readonly registry: string;
  readonly base: BaseFamily;
  readonly uidStart: number;
  readonly budget: string | null;
  readonly platforms: readonly string[];
  readonly cacheFrom: readonly string[];
  readonly cacheTo: readonly string[];
  readonly tag: string;
  readonly context: 'auto' | 'project' | 'workspace';
  readonly images: Readonly<Record<string, string>>;
}

/** Takes options that `parsePluginOptions` has checked. */
export function resolvePluginOptions(options: PluginOptions): ResolvedPluginOptions {
  return {
    targetNames: {
      'docker-build': 'docker-build',
      'docker-deps': 'docker-deps',
      'docker-load': 'docker-load',
      'docker-run': 'docker-run',
      'docker-size-check': 'docker-size-check',
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
    context: options.context ?? 'auto',
    images: options.images ?? {},
  };
}
