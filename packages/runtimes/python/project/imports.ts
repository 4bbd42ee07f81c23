import type { Module } from './sources';

/** More re-exports than any project has; imports may go in a circle. */
const mostSteps = 20;

/** Where a name of a module is made: `package.module:variable`. */
export type ResolveName = (name: string, module: Module) => string;

/**
 * Follows names of modules, such as `router` or `monitoring.router`, through imports to where they are made. A name that does not come from a module
 * of the project is taken for one of the module itself. Each module is read once, and only if it is asked for.
 */
export function nameResolver(modules: readonly Module[]): ResolveName {
  // Of a module and a package of one name the first counts.
  const byName = new Map([...modules].reverse().map((module) => [module.name, module]));
  const imports = new Map<Module, ReadonlyMap<string, string>>();
  const importsIn = (module: Module) => {
    const known = imports.get(module) ?? importsOf(module);
    imports.set(module, known);
    return known;
  };
  const resolve = (name: string, module: Module, steps: number): string => {
    const here = `${module.name}:${name}`;
    const [first, ...rest] = name.split('.');
    const imported = importsIn(module).get(first!);
    if (imported === undefined || steps === 0) return here;
    const full = [...imported.split('.'), ...rest];
    const target = byName.get(full.slice(0, -1).join('.'));
    return target ? resolve(full.at(-1)!, target, steps - 1) : here;
  };
  return (name, module) => resolve(name, module, mostSteps);
}

/** Names that a module imports, with what they stand for, e.g. `router` for `app.api.users.router`. */
function importsOf(module: Module): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const match of module.content.matchAll(/^\s*import\s+([\w.]+)(?:\s+as\s+(\w+))?\s*$/gm)) {
    const [, path, alias] = match;
    if (alias) names.set(alias, path!);
    else names.set(path!.split('.')[0]!, path!.split('.')[0]!);
  }
  for (const match of module.content.matchAll(
    /^[ \t]*from\s+([.\w]+)\s+import\s+(\([^)]*\)|[^(\n][^\n]*)/gm,
  )) {
    const from = absolute(match[1]!, module);
    const list = match[2]!.replace(/#[^\n]*/g, '').replace(/[()\\]/g, ' ');
    for (const part of list.split(',')) {
      const [, name, alias] = /^\s*(\w+)(?:\s+as\s+(\w+))?\s*$/.exec(part) ?? [];
      if (name) names.set(alias ?? name, [from, name].filter((text) => text !== '').join('.'));
    }
  }
  return names;
}

/** `.views` in the package `app.api` is `app.api.views`, `..models` there `app.models`. */
function absolute(from: string, module: Module): string {
  const dots = /^\.*/.exec(from)![0].length;
  if (dots === 0) return from;
  const isPackage = module.path.endsWith('/__init__.py') || module.path === '__init__.py';
  const parts = module.name.split('.');
  const base = parts.slice(0, parts.length - dots + (isPackage ? 1 : 0));
  return [...base, from.slice(dots)].filter((part) => part !== '').join('.');
}
