import { posix } from 'node:path';
import type { Probe } from '../../../service/types';
import { routerPrefixes, type PrefixOf } from './routers';
import type { Module } from './sources';

const live = [
  'health',
  'healthz',
  'livez',
  'live',
  'liveness',
  'health-check',
  'healthcheck',
  'ping',
  'status',
  'alive',
];
const ready = ['ready', 'readyz', 'readiness'];

/** Probes for routes such as `/health` in the sources; none where the path of a route cannot be read from them. */
export function findHealth(modules: readonly Module[]): { readonly live?: Probe; readonly ready?: Probe } {
  const prefixOf = routerPrefixes(modules);
  const routes = modules.flatMap((module) => routesOf(module, prefixOf));
  const liveRoute = best(routes, live);
  const readyRoute = best(routes, ready) ?? liveRoute;
  return {
    ...(liveRoute ? { live: { kind: 'http', path: liveRoute } } : {}),
    ...(readyRoute ? { ready: { kind: 'http', path: readyRoute } } : {}),
  };
}

/** The one whose name stands first in the list, then the shortest. */
function best(routes: readonly string[], names: readonly string[]): string | undefined {
  const place = (route: string) => names.indexOf(posix.basename(route));
  return routes
    .filter((route) => place(route) >= 0)
    .sort((a, b) => place(a) - place(b) || a.length - b.length || (a < b ? -1 : 1))[0];
}

/** `@app.get("/health")`, `add_api_route("/health", …)` below the prefixes of its router; `Route("/health", …)`, `path == "/health"`. */
function routesOf(module: Module, prefixOf: PrefixOf): readonly string[] {
  const { content } = module;
  const onVariable = [
    ...content.matchAll(/@(\w+)\.(?:get|route|api_route|custom_route|head)\(\s*["'](\/?[\w./-]*)["']/g),
    ...content.matchAll(/\b(\w+)\.(?:add_api_route|add_route|add_url_rule)\(\s*["'](\/[\w./-]*)["']/g),
  ].flatMap(([, variable, path]) => {
    const prefix = prefixOf(module, variable!);
    return prefix === null ? [] : [posix.join('/', prefix, path!)];
  });
  const direct = [
    ...content.matchAll(/\bRoute\(\s*["'](\/[\w./-]*)["']/g),
    ...content.matchAll(/\bpath\s*==\s*["'](\/[\w./-]*)["']/g),
  ].map((match) => match[1]!);
  return [...onVariable, ...direct].map((route) => route.replace(/(.)\/$/, '$1'));
}
