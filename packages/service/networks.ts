import { containersOf, type Edge } from './edges';
import type { Service } from './types';

/** `data` has no way out of the engine; `frontend` and `backend` have one. `monitoring` is for what scrapes the services. */
export type NetworkGroup = 'frontend' | 'backend' | 'data' | 'monitoring';

/** A network of an engine that has no finer rule than "on the same network or not": it joins the two ends of one edge. */
export interface Network {
  /** `<group>_<from>_<to>`; no container has an underscore in its name. */
  readonly name: string;
  readonly group: NetworkGroup;
  /** No connection leaves the engine. */
  readonly internal: boolean;
  /** Names of the containers on it, sorted. */
  readonly members: readonly string[];
}

const groups: Readonly<Record<Edge['kind'], NetworkGroup>> = {
  proxies: 'frontend',
  calls: 'backend',
  uses: 'data',
};

/**
 * One network for each edge, so that two containers without an edge share none. A published container needs one that leads out of the
 * engine, and a container without any edge one of its own; both then have it to themselves.
 */
export function networksOf(
  services: readonly Service[],
  edges: readonly Edge[],
  published: readonly Service[],
): readonly Network[] {
  const joined = edges.map(({ from, to, kind }) => networkOf(groups[kind], [from, to]));
  const alone = services.flatMap((service) =>
    containersOf(service).flatMap(({ name }) => {
      const own = joined.filter(({ members }) => members.includes(name));
      const isPublished = published.includes(service) && name === service.slug;
      if (isPublished && own.every(({ internal }) => internal)) return [networkOf('frontend', [name])];
      return own.length === 0 ? [networkOf('backend', [name])] : [];
    }),
  );
  return [...joined, ...alone].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function networkOf(group: NetworkGroup, members: readonly string[]): Network {
  return {
    name: [group, ...members].join('_'),
    group,
    internal: group === 'data',
    members: [...members].sort(),
  };
}
