import type { Service } from '../../service/types';

/** One exposed service, as nginx routes to it. */
export interface Route {
  readonly service: string;
  /** Prefix without slash at the end; the empty text for everything. */
  readonly prefix: string;
  /** `api` in `limit_req zone=api`. */
  readonly zone: string;
  readonly upstreamHost: string;
  readonly upstreamPort: number;
  readonly webSocket: boolean;
  readonly stripPath: boolean;
  /** Requests per client address, e.g. `20r/s`, or null. */
  readonly rate: string | null;
  /** Requests that may come at once before the rate counts: those of two seconds, at least ten. */
  readonly burst: number;
}

/** One public host name with its routes, the longest prefix first. */
export interface Host {
  readonly name: string;
  readonly routes: readonly Route[];
}

/** Hosts and routes of all exposed services besides the proxy itself, sorted by host. */
export function routesOf(proxy: Service, services: readonly Service[]): readonly Host[] {
  const hosts = new Map<string, Route[]>();
  for (const { name, slug, port, expose } of services) {
    if (!expose || name === proxy.name) continue;
    const { host, path, webSocket, rateLimit, stripPath } = expose;
    const route = {
      service: name,
      prefix: path.replace(/\/+$/, ''),
      zone: slug.replaceAll('-', '_'),
      upstreamHost: slug,
      upstreamPort: port,
      webSocket,
      stripPath,
      rate: rateLimit,
      burst: burstOf(rateLimit),
    };
    hosts.set(host, [...(hosts.get(host) ?? []), route]);
  }
  return [...hosts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, routes]) => ({
      name,
      routes: routes.sort((a, b) => b.prefix.length - a.prefix.length || (a.prefix < b.prefix ? -1 : 1)),
    }));
}

function burstOf(rate: string | null): number {
  const [, count = '0', unit] = /^(\d+)r\/([sm])$/.exec(rate ?? '') ?? [];
  const perSecond = unit === 'm' ? Number(count) / 60 : Number(count);
  return Math.max(10, Math.ceil(perSecond * 2));
}
