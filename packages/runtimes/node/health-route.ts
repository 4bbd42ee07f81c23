import { posix } from 'node:path';
import type { Probe } from '../../service/types';
import type { Framework } from './framework';
import type { SourceFile } from './sources';

export interface HealthRoutes {
  readonly live?: Probe;
  readonly ready?: Probe;
}

const live = /^(health|healthz|livez|live|liveness|health-?check|ping|status|alive)$/;
const ready = /^(ready|readyz|readiness)$/;

/**
 * Finds routes such as `/health` in the sources. A router that is mounted under a prefix elsewhere is not followed: its
 * own file says the path without it.
 */
export function detectHealth(sources: readonly SourceFile[], framework: Framework | null): HealthRoutes {
  const routes =
    framework === 'nest' ? nestRoutes(sources) : sources.flatMap(({ content }) => plainRoutes(content));
  const liveRoute = best(routes, live);
  const readyRoute = best(routes, ready) ?? liveRoute;
  return {
    ...(liveRoute ? { live: { kind: 'http', path: liveRoute } } : {}),
    ...(readyRoute ? { ready: { kind: 'http', path: readyRoute } } : {}),
  };
}

/** The one with the fewest segments, then by the order of the names above. */
function best(routes: readonly string[], names: RegExp): string | undefined {
  const order = names.source.replace(/[^\w|-]/g, '').split('|');
  return routes
    .filter((route) => names.test(posix.basename(route)))
    .sort(
      (a, b) =>
        order.indexOf(posix.basename(a)) - order.indexOf(posix.basename(b)) ||
        a.length - b.length ||
        (a < b ? -1 : 1),
    )[0];
}

/** `app.get('/health', …)`, `server.route({ method: 'GET', url: '/health' })`, `if (req.url === '/health')` */
function plainRoutes(content: string): readonly string[] {
  const patterns = [
    /\.(?:get|all|head)\s*(?:<[^>()]*>)?\(\s*(['"`])(\/[\w./-]*)\1/g,
    /\b(?:url|path)\s*:\s*(['"`])(\/[\w./-]*)\1/g,
    /\b(?:url|pathname|path)\s*={2,3}\s*(['"`])(\/[\w./-]*)\1/g,
  ];
  return patterns.flatMap((pattern) => [...content.matchAll(pattern)].map((match) => match[2] ?? ''));
}

/** `@Controller('health')` with `@Get('live')`, below the global prefix that main.ts sets. */
function nestRoutes(sources: readonly SourceFile[]): readonly string[] {
  const prefix = globalPrefix(sources);
  return sources.flatMap(({ content }) => {
    const controller = /@Controller\(\s*(?:\{[^}]*?\bpath\s*:\s*)?(?:(['"`])([\w./-]*)\1)?/.exec(content);
    if (!controller) return [];
    const gets = [...content.matchAll(/@Get\(\s*(?:(['"`])([\w./-]*)\1)?/g)];
    return gets.map((get) =>
      posix.join('/', prefix, controller[2] ?? '', get[2] ?? '').replace(/(.)\/$/, '$1'),
    );
  });
}

function globalPrefix(sources: readonly SourceFile[]): string {
  for (const { content } of sources) {
    const argument = /\.setGlobalPrefix\(\s*(?:(['"`])([\w./-]+)\1|(\w+))/.exec(content);
    if (argument?.[2]) return argument[2];
    if (argument?.[3])
      return new RegExp(`\\b${argument[3]}\\s*=\\s*['"\`]([\\w./-]+)['"\`]`).exec(content)?.[1] ?? '';
  }
  return '';
}
