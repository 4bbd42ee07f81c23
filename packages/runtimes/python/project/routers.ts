import { posix } from 'node:path';
import { nameResolver, type ResolveName } from './imports';
import type { Module } from './sources';

/** `X.include_router(Y, prefix="/api")`, in words: routes of the router `child` stand below `prefix` of `parent`. */
interface Mount {
  readonly child: string;
  readonly parent: string;
  /** Null where it is no literal text. */
  readonly prefix: string | null;
}

/** The path below which a variable's routes are found, or null where that cannot be read from the sources. */
export type PrefixOf = (module: Module, variable: string) => string | null;

/**
 * Follows routers through the files of a project, from where they are made to the app that includes them. What is no router is an app: its
 * routes have no prefix.
 */
export function routerPrefixes(modules: readonly Module[]): PrefixOf {
  const own = new Map(modules.flatMap(routersOf));
  const resolveName = nameResolver(modules);
  const mounts = modules.flatMap((module) => mountsOf(module, resolveName));
  const prefixOf = (router: string, seen: readonly string[]): string | null => {
    if (!own.has(router)) return '';
    const mount = mounts.find(({ child }) => child === router);
    if (!mount || seen.includes(router)) return null;
    const above = prefixOf(mount.parent, [...seen, router]);
    const parts = [above, mount.prefix, own.get(router) ?? null];
    return parts.some((part) => part === null) ? null : parts.join('');
  };
  return (module, variable) => prefixOf(resolveName(variable, module), []);
}

/** Routers that a module makes, with their own prefixes. */
function routersOf({ name, content }: Module): readonly (readonly [string, string | null])[] {
  const made = content.matchAll(/^\s*(\w+)\s*(?::[^=\n]+)?=\s*(?:\w+\.)*(?:APIRouter|Blueprint)(?=\()/gm);
  return [...made].map((match) => [
    `${name}:${match[1]}`,
    prefixIn(argumentsAt(content, match.index + match[0].length)),
  ]);
}

function mountsOf(module: Module, resolveName: ResolveName): readonly Mount[] {
  const calls = module.content.matchAll(/\b(\w+)\.(include_router|register_blueprint|mount)(?=\()/g);
  return [...calls].flatMap((match) => {
    const given = argumentsAt(module.content, match.index + match[0].length);
    const isMount = match[2] === 'mount';
    const child = isMount
      ? /^[^,]*,\s*(?:app\s*=\s*)?([\w.]+)/.exec(given)?.[1]
      : /^\s*(?:router\s*=\s*)?([\w.]+)\s*(?:,|$)/.exec(given)?.[1];
    if (child === undefined) return [];
    return [
      {
        child: resolveName(child, module),
        parent: resolveName(match[1]!, module),
        prefix: isMount ? literal(given.split(',')[0]!) : prefixIn(given),
      },
    ];
  });
}

/** What stands between the bracket at `start` and the one that closes it. */
function argumentsAt(content: string, start: number): string {
  let depth = 0;
  for (let at = start; at < content.length; at += 1) {
    if ('([{'.includes(content[at]!)) depth += 1;
    if (')]}'.includes(content[at]!)) depth -= 1;
    if (depth === 0) return content.slice(start + 1, at);
  }
  return '';
}

function prefixIn(given: string): string | null {
  const value = /\b(?:url_)?prefix\s*=\s*([^,]+)/.exec(given)?.[1];
  return value === undefined ? '' : literal(value);
}

/** `"/api/"` is `/api`. */
function literal(value: string): string | null {
  const path = /^\s*["']([\w./-]*)["']\s*$/.exec(value)?.[1];
  return path === undefined ? null : posix.join('/', path).replace(/\/$/, '');
}
