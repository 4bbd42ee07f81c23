import { suggest } from './choices';
import { DescriptionError, type Problem } from './description-error';
import { descriptionFile } from './resolve-service';
import type { Service } from './types';

/** Checks what only all services together can tell. @throws DescriptionError with every problem. */
export function checkStack(services: readonly Service[]): void {
  const problems = findStackProblems(services);
  if (problems.length > 0) throw new DescriptionError(problems);
}

/** Two services with one port, user id, slug or public address, and calls to a service that does not exist; sorted by project name. */
export function findStackProblems(services: readonly Service[]): readonly Problem[] {
  const ordered = [...services].sort((a, b) => (a.name < b.name ? -1 : 1));
  const names = ordered.map(({ name }) => name);
  return [
    ...findTwins(ordered, 'port', ({ port }) => port, 'the port'),
    ...findTwins(ordered, 'uid', ({ uid }) => uid, 'the user id'),
    ...findTwins(ordered, '', ({ slug }) => slug, 'the container name'),
    ...findTwins(
      ordered.filter(({ expose }) => expose !== null),
      'expose',
      publicAddress,
      'the public address',
    ),
    ...ordered.flatMap((service) =>
      service.calls
        .filter((called) => !names.includes(called))
        .map((called) =>
          problemOf(
            service,
            'calls',
            `${called} is not a service. ${suggest(called, others(names, service))}`,
          ),
        ),
    ),
  ];
}

/**
 * The first cycle of calls, e.g. `['api', 'worker', 'api']`, or null. A cycle of calls is allowed at run time, but it has no
 * start order.
 */
export function findCallCycle(
  services: readonly Pick<Service, 'name' | 'calls'>[],
): readonly string[] | null {
  const calls = new Map(services.map((service) => [service.name, [...service.calls].sort()]));
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): readonly string[] | null => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return null;
    for (const called of calls.get(name) ?? []) {
      const cycle = visit(called, [...path, name]);
      if (cycle) return cycle;
    }
    done.add(name);
    return null;
  };
  for (const name of [...calls.keys()].sort()) {
    const cycle = visit(name, []);
    if (cycle) return cycle;
  }
  return null;
}

function findTwins(
  services: readonly Service[],
  key: string,
  valueOf: (service: Service) => string | number,
  what: string,
): readonly Problem[] {
  const first = new Map<string | number, Service>();
  const problems: Problem[] = [];
  for (const service of services) {
    const value = valueOf(service);
    const twin = first.get(value);
    if (twin)
      problems.push(problemOf(service, key, `${value} is ${what} of ${twin.name} (${twin.root}) as well`));
    else first.set(value, service);
  }
  return problems;
}

/** `/api` and `/api/` are one place. */
function publicAddress({ expose }: Service): string {
  return `${expose?.host}${expose?.path.replace(/\/+$/, '')}/`;
}

function others(names: readonly string[], { name }: Service): readonly string[] {
  return names.filter((other) => other !== name);
}

function problemOf(service: Service, key: string, message: string): Problem {
  return { file: descriptionFile(service.root), key, message };
}
