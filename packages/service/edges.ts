import type { Service } from './types';

/** One declared right to connect: the only thing that networks and network policies are computed from. */
export interface Edge {
  /** Container that connects: a service's slug, for a further role with the role's name, e.g. `worker-beat`. */
  readonly from: string;
  /** Container that is connected to: a service's slug, or the name of a backing service. */
  readonly to: string;
  /** `proxies`: a reverse proxy reaches an exposed service; `calls`: a service another one; `uses`: a service a backing service. */
  readonly kind: 'proxies' | 'calls' | 'uses';
}

/** One container of a service: its name, and the role that it runs, if it has any. */
export interface ServiceContainer {
  readonly name: string;
  readonly role: Service['roles'][number] | null;
}

/** The containers of a service, the one that answers under the service's own name first. */
export function containersOf({ slug, roles }: Pick<Service, 'slug' | 'roles'>): readonly ServiceContainer[] {
  if (roles.length === 0) return [{ name: slug, role: null }];
  return roles.map((role, at) => ({ name: at === 0 ? slug : `${slug}-${role.name}`, role }));
}

/**
 * Who may talk to whom: every `uses` and `calls` of services whose settings are wired, nothing else; sorted.
 * A call of a service that is not there is left out: `checkStack` reports it.
 * @param isProxy whether a service stands in front of the exposed ones
 */
export function edgesOf(
  services: readonly Service[],
  isProxy: (service: Service) => boolean = () => false,
): readonly Edge[] {
  const byName = new Map(services.map((service) => [service.name, service]));
  const edges = services.flatMap((service) =>
    containersOf(service).flatMap(({ name: from }) => [
      ...service.uses.map((to) => ({ from, to, kind: 'uses' as const })),
      ...service.calls.flatMap((called) => {
        const callee = byName.get(called);
        if (!callee) return [];
        const proxied = isProxy(service) && callee.expose !== null;
        return [{ from, to: callee.slug, kind: proxied ? ('proxies' as const) : ('calls' as const) }];
      }),
    ]),
  );
  return edges.sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to));
}

/** Services that take connections from outside: the proxies, or, where there is none, whatever is exposed. */
export function publishedOf(
  services: readonly Service[],
  isProxy: (service: Service) => boolean,
): readonly Service[] {
  const proxies = services.filter(isProxy);
  return proxies.length > 0 ? proxies : services.filter(({ expose }) => expose !== null);
}

/**
 * For each container what has to be healthy before it starts. Calls may go round in a circle, a start cannot: the edge that would close one is left out, always
 * the same.
 */
export function startOrder(edges: readonly Edge[]): ReadonlyMap<string, readonly string[]> {
  const order = new Map<string, string[]>();
  const reaches = (from: string, to: string): boolean =>
    from === to || (order.get(from) ?? []).some((next) => reaches(next, to));
  for (const { from, to } of edges) if (!reaches(to, from)) order.set(from, [...(order.get(from) ?? []), to]);
  return order;
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
