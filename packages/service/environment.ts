import type { EnvironmentOverrides, ServiceDescription } from './service.gen';

/**
 * A description as it holds in one environment: maps are merged key by key, lists and objectives are replaced.
 * Without an environment, or where nothing differs in it, the description itself.
 */
export function mergeEnvironment(description: ServiceDescription, environment?: string): ServiceDescription {
  const { env, ...common } = description;
  const overrides =
    environment !== undefined && env && Object.hasOwn(env, environment) ? env[environment] : null;
  if (!overrides) return common;
  const { expose, resources, scale, settings, secrets, slo } = overrides satisfies EnvironmentOverrides;
  return {
    ...common,
    ...(resources && { resources: { ...common.resources, ...resources } }),
    ...(scale && { scale: { ...common.scale, ...scale } }),
    ...(settings && { settings: { ...common.settings, ...settings } }),
    ...(secrets && { secrets }),
    ...(slo && { slo }),
    ...(expose && { expose: { ...common.expose, ...expose } as NonNullable<ServiceDescription['expose']> }),
  };
}
