import { posix } from 'node:path';
import type { Probe } from '../../../service/types';
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

/** Probes for routes such as `/health` in the sources; none where a router's own prefix is not known. */
export function findHealth(modules: readonly Module[]): { readonly live?: Probe; readonly ready?: Probe } {
  const routes = modules.flatMap(routesOf);
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

/**
 * `@app.get("/health")`, `Route("/health", …)`, `add_api_route("/health", …)`, `path("health/", …)`. A router's routes count where its prefix
 * stands in the same file; a router that is mounted elsewhere may have another one there, and is left out.
 */
function routesOf({ content }: Module): readonly string[] {
  const prefix = /\b\w*[rR]outer\s*=\s*(?:\w+\.)?APIRouter\([^)]*\bprefix\s*=\s*["'](\/[\w./-]*)["']/.exec(
    content,
  )?.[1];
  const onRouter = [...content.matchAll(/@\w*[rR]outer\.(?:get|api_route)\(\s*["'](\/?[\w./-]*)["']/g)].map(
    (match) => posix.join('/', prefix ?? '', match[1]!),
  );
  const direct = [
    ...content.matchAll(
      /@(?!\w*[rR]outer\b)\w+\.(?:get|route|api_route|custom_route|head)\(\s*["'](\/[\w./-]*)["']/g,
    ),
    ...content.matchAll(/\b(?:Route|add_api_route|add_route|add_url_rule)\(\s*["'](\/[\w./-]*)["']/g),
    ...content.matchAll(/\bpath\s*==\s*["'](\/[\w./-]*)["']/g),
  ].map((match) => match[1]!);
  const isMounted = /\b(?:APIRouter|Blueprint)\(/.test(content);
  return [...direct, ...(isMounted ? onRouter : [])].map((route) => route.replace(/(.)\/$/, '$1'));
}
