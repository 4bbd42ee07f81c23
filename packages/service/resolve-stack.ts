import { resolveBacking } from './backing';
import { parseBudget } from './budget';
import type { PluginOptions } from './plugin-options.gen';
import { resolvePluginOptions } from './resolve-plugin-options';
import { slugOf } from './slug';
import type { StackDescription } from './stack.gen';
import type { KubernetesSettings, SmokeStep, Stack } from './types';

/**
 * The stack from its description (null where there is none) and the plugin's options; the description comes first.
 * `workspace.name` is the name in the workspace's package.json.
 */
export function resolveStack(
  description: StackDescription | null,
  options: PluginOptions,
  workspace: { readonly name: string },
): Stack {
  const plugin = resolvePluginOptions(options);
  const { name, registry, environments, defaults, budget, backing, verify, kubernetes } = description ?? {};
  return {
    name: name ?? slugOf(workspace.name.replace(/^@[^/]*\//, '') || 'workspace'),
    registry: registry ?? plugin.registry,
    environments: environments ?? ['staging', 'production'],
    defaults: {
      base: defaults?.base ?? plugin.base,
      uidStart: defaults?.uidStart ?? plugin.uidStart,
      budgets: defaults?.budgets ?? {},
      ...(plugin.budget === null ? {} : { budget: plugin.budget }),
    },
    budget: parseBudget(budget ?? '500MB'),
    buildLimits: { cold: verify?.build?.cold ?? null, cached: verify?.build?.cached ?? null },
    smoke: (verify?.smoke ?? []).map(resolveSmokeStep),
    backing: resolveBacking(backing),
    kubernetes: kubernetes ? resolveKubernetes(kubernetes) : null,
  };
}

function resolveKubernetes(described: NonNullable<StackDescription['kubernetes']>): KubernetesSettings {
  return {
    route: described.route ?? 'ingress',
    ingressClass: described.ingressClass ?? 'nginx',
    gateway: described.gateway ?? 'public',
    entryNamespace: described.entryNamespace ?? 'ingress-nginx',
    secrets: described.secrets ?? 'placeholder',
    secretStore: described.secretStore ?? 'secrets',
  };
}

function resolveSmokeStep(
  step: NonNullable<NonNullable<StackDescription['verify']>['smoke']>[number],
): SmokeStep {
  const method = step.method ?? 'GET';
  return {
    name: step.name ?? `${method} ${step.path}`,
    method,
    path: step.path,
    headers: step.headers ?? {},
    json: step.json,
    status: step.status ?? 200,
    contains: step.contains ?? null,
    keep: step.keep ?? {},
  };
}
