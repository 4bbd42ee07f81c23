import type { Detection, Runtime } from '../../packages/runtimes/runtime';
import type { ServiceDescription } from '../../packages/service/service.gen';
import type { Probe, Service } from '../../packages/service/types';
import type { ServiceGeneratorSchema } from './schema.gen';

type Changes = Partial<ServiceDescription>;

/** What the command line says, in the description's own terms. Options that are not given change nothing. */
export function changesOfOptions(options: ServiceGeneratorSchema): Changes {
  const { base, runtimeVersion, port, uid, budget, host, path, uses, calls, health, ready } = options;
  return {
    base,
    version: runtimeVersion,
    port,
    uid,
    budget,
    health: orNothing({ live: health, ready }),
    // Without a host, a path is a mistake that the description's schema reports.
    expose: orNothing({ host, path }) as Changes['expose'],
    uses,
    calls,
  };
}

/** What was found in the project, for keys that the description leaves open. It is written down: later runs need no look. */
export function changesOfDetection({ facts, fixedPort }: Detection, description: Changes): Changes {
  const { port, live, ready, settings, build, runtimeVersion } = facts.detected ?? {};
  return {
    port: description.port ?? (fixedPort ? port : undefined),
    version: description.version ?? runtimeVersion,
    health: { live: textOf(live), ready: textOf(ready), ...description.health },
    settings: orNothing({ ...settings, ...description.settings }),
    // The package manager is the workspace's, not the service's.
    build: { ...build, packageManager: undefined, ...description.build } as Changes['build'],
  };
}

/** Leaves out what every service of the runtime has anyway. */
export function withoutDefaults(changes: Changes, { defaults }: Runtime, root: string): Changes {
  const { health = {}, build = {} } = changes;
  return {
    ...changes,
    version: changes.version === defaults.runtimeVersion ? undefined : changes.version,
    health: unlike(health, { live: textOf(defaults.health.live), ready: textOf(defaults.health.ready) }),
    build: unlike(build, {
      target: 'build',
      output: `dist/${root}`,
      main: 'main.js',
      dependencies: 'bundled',
    }),
  };
}

/**
 * Numbers that a service keeps for good, so that they do not move when another service comes. Settings that hold the port
 * follow it.
 */
export function changesOfNumbers({ port, uid }: Service, { facts }: Detection, found: Changes): Changes {
  const detected = String(facts.detected?.port);
  const followers = Object.keys(facts.detected?.settings ?? {}).filter(
    (name) => String(found.settings?.[name]) === detected,
  );
  return {
    port,
    uid,
    settings: orNothing(Object.fromEntries(followers.map((name) => [name, String(port)]))),
  };
}

function textOf(probe: Probe | undefined): string | undefined {
  if (probe === undefined || probe.kind === 'exec') return undefined;
  return probe.kind === 'tcp' ? 'tcp' : probe.path;
}

function unlike<T extends object>(values: T, defaults: Partial<T>): T | undefined {
  return orNothing(
    Object.fromEntries(
      Object.entries(values).filter(([key, value]) => value !== defaults[key as keyof T]),
    ) as T,
  );
}

/** The map without its open keys, or nothing where that leaves none. */
function orNothing<T extends object>(values: T): T | undefined {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : (Object.fromEntries(given) as T);
}
