import { posix } from 'node:path';
import type { Probe } from '../../service/types';
import type { SourceFile } from './sources';

export interface HealthRoutes {
  readonly live?: Probe;
  readonly ready?: Probe;
}

// In the order in which one is taken.
const liveNames = ['health', 'healthz', 'livez', 'live', 'liveness', 'healthcheck', 'health-check', 'ping'];
const readyNames = ['ready', 'readyz', 'readiness'];

/** `mux.HandleFunc("GET /health", …)`, `r.Get("/health", …)` (chi, fiber), `r.GET("/health", …)` (gin, echo), `middleware.Heartbeat("/ping")` */
const route = /\.(?:Handle|HandleFunc|Get|GET|Any|All|Heartbeat|Path)\(\s*["`](?:GET )?(\/[\w./-]*)["`]/g;

/** Finds routes such as `/health`. A router that is mounted under a prefix is not followed: its own line says the path without it. */
export function detectHealth(sources: readonly SourceFile[]): HealthRoutes {
  const routes = sources.flatMap(({ content }) => [...content.matchAll(route)].map((match) => match[1]!));
  const live = best(routes, liveNames);
  const ready = best(routes, readyNames) ?? live;
  return {
    ...(live ? { live: { kind: 'http', path: live } } : {}),
    ...(ready ? { ready: { kind: 'http', path: ready } } : {}),
  };
}

/** The first name that there is, and of those the shortest path. */
function best(routes: readonly string[], names: readonly string[]): string | undefined {
  const rank = (path: string) => names.indexOf(posix.basename(path));
  return routes
    .filter((path) => rank(path) >= 0)
    .sort((a, b) => rank(a) - rank(b) || a.length - b.length || (a < b ? -1 : 1))[0];
}
