import { suggest } from './choices';
import { parseRange, quantityValue } from './quantity';
import { formatPath, type LocatedProblem } from './schema-problems';
import type { BackingOverrides, StackDescription } from './stack.gen';
import type { BackingLimits, BackingName, BackingService, Service, Stack } from './types';

/** The environment on the developer's own machine: every stack has it, and no description lists it. */
export const devEnvironment = 'dev';

interface Known {
  readonly version: number;
  readonly port: number;
  /** Account of the official image, which owns the folders of its data. */
  readonly uid: number;
  readonly storage: string;
  readonly memory: string;
}

const known: Readonly<Record<BackingName, Known>> = {
  postgres: { version: 17, port: 5432, uid: 999, storage: '10Gi', memory: '256Mi..1Gi' },
  redis: { version: 8, port: 6379, uid: 999, storage: '1Gi', memory: '64Mi..256Mi' },
};

/** Every backing service with its defaults, sorted by name. */
export function resolveBacking(
  description: StackDescription['backing'],
): Readonly<Record<BackingName, BackingService>> {
  const resolved = (Object.keys(known) as BackingName[]).sort().map((name) => {
    const { version, port, uid, storage, memory } = known[name];
    const said = description?.[name];
    const common = { storage: said?.storage ?? storage, resources: said?.resources };
    const service: BackingService = {
      name,
      version: String(said?.version ?? version),
      image: `${name}-${said?.version ?? version}`,
      port,
      uid,
      ...limitsOf(common, {}, memory),
      environments: Object.fromEntries(
        Object.entries(said?.env ?? {}).map(([environment, overrides]) => [
          environment,
          limitsOf(common, overrides, memory),
        ]),
      ),
    };
    return [name, service] as const;
  });
  return Object.fromEntries(resolved) as Record<BackingName, BackingService>;
}

/** The backing services that some service uses, sorted by name, as they are in an environment. */
export function backingOf(
  { backing }: Pick<Stack, 'backing'>,
  services: readonly Pick<Service, 'uses'>[],
  environment?: string,
): readonly BackingService[] {
  return Object.values(backing)
    .filter(({ name }) => services.some(({ uses }) => uses.includes(name)))
    .map((service) => ({ ...service, ...(environment ? service.environments[environment] : undefined) }));
}

/** What a schema cannot say of backing services. */
export function checkBacking({ backing, environments }: StackDescription): readonly LocatedProblem[] {
  const choices = environments ?? ['staging', 'production'];
  return Object.entries(backing ?? {}).flatMap(([name, { resources, env }]) => [
    ...checkRanges(resources, ['backing', name, 'resources']),
    ...Object.entries(env ?? {}).flatMap(([environment, overrides]) => {
      const path = ['backing', name, 'env', environment];
      if (environment !== devEnvironment && !choices.includes(environment))
        return [
          problem(
            path,
            `${environment} is not an environment of the stack. ${suggest(environment, choices)}`,
          ),
        ];
      return checkRanges(overrides.resources, [...path, 'resources']);
    }),
  ]);
}

function limitsOf(common: BackingOverrides, overrides: BackingOverrides, memory: string): BackingLimits {
  const resources = { ...common.resources, ...overrides.resources };
  return {
    storage: overrides.storage ?? common.storage ?? '',
    resources: {
      cpu: parseRange(resources.cpu ?? '100m..1'),
      memory: parseRange(resources.memory ?? memory),
    },
  };
}

function checkRanges(resources: BackingOverrides['resources'], above: readonly string[]): LocatedProblem[] {
  return (['cpu', 'memory'] as const).flatMap((key) => {
    const range = resources?.[key];
    if (range === undefined) return [];
    const { request, limit } = parseRange(range);
    if (quantityValue(limit) <= 0) return [problem([...above, key], `the limit ${limit} is nothing`)];
    return quantityValue(request) > quantityValue(limit)
      ? [problem([...above, key], `the request ${request} is more than the limit ${limit}`)]
      : [];
  });
}

function problem(path: readonly string[], message: string): LocatedProblem {
  return { path, key: formatPath(path), onKey: false, message };
}
