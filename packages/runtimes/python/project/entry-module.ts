import type { Module } from './sources';

/** An object of a module that a server can import, e.g. `app.main:app`, with the module that defines it. */
export interface Entry {
  readonly main: string;
  readonly module: Module;
}

/** Modules that start an app usually have one of these names. */
const usual = ['main', 'app', 'asgi', 'server', 'api', 'application', 'worker', 'celery', 'celery_app'];

/** `app = FastAPI(`, `app: FastAPI = FastAPI(`, `app = fastapi.FastAPI(` at the level of the module. */
function assignment(type: string): RegExp {
  return new RegExp(`^(\\w+)\\s*(?::\\s*["'\\w.]+\\s*)?=\\s*(?:\\w+\\.)?(?:${type})\\(`, 'm');
}

/** The functions at the level of a module that say or show that they give such an object. */
function factoriesOf(content: string, type: string): { name: string; parameters: string }[] {
  const makes = new RegExp(`^\\s+(?:return\\s+|\\w+\\s*(?::[^=]+)?=\\s*)(?:\\w+\\.)?(?:${type})\\(`, 'm');
  const says = new RegExp(`->\\s*["']?(?:\\w+\\.)?(?:${type})["']?\\s*$`);
  // A function ends where the next line without indentation begins.
  return content.split(/^(?=[^\s)#])/m).flatMap((block) => {
    const [, name, parameters, result = '', body = ''] =
      /^def (\w+)\(([^)]*)\)([^:]*):([^]*)$/.exec(block) ?? [];
    return name && (says.test(result.trim()) || makes.test(body))
      ? [{ name, parameters: parameters!.trim() }]
      : [];
  });
}

/** Does any module make an object of such a type? `types` is an alternative of names, e.g. `FastAPI|Starlette`. */
export function mentions(modules: readonly Module[], types: string): boolean {
  const call = new RegExp(`(?<![\\w"'])(?:${types})\\(`);
  return modules.some(({ content }) => call.test(content));
}

/**
 * Finds what a server imports: an object of the type at the level of a module, else what a factory of the project gives to a module's
 * variable, else a factory that needs no argument.
 */
export function findEntry(modules: readonly Module[], types: string): Entry | null {
  const ranked = rank(modules);
  const direct = ranked.flatMap((module) => entryOf(module, assignment(types).exec(module.content)?.[1]));
  if (direct[0]) return direct[0];
  const factories = ranked.flatMap((module) =>
    factoriesOf(module.content, types).map((found) => ({ module, ...found })),
  );
  for (const { name } of factories) {
    const made = ranked.flatMap((module) => entryOf(module, assignment(name).exec(module.content)?.[1]));
    if (made[0]) return made[0];
  }
  const plain = factories.find(({ parameters }) =>
    parameters.split(',').every((parameter) => parameter.trim() === '' || parameter.includes('=')),
  );
  return plain ? { main: `${plain.module.name}:${plain.name}`, module: plain.module } : null;
}

function entryOf(module: Module, name: string | undefined): Entry[] {
  return name ? [{ main: `${module.name}:${name}`, module }] : [];
}

/** Modules with a usual name first, each group as it was: those that lie higher come first. */
function rank(modules: readonly Module[]): readonly Module[] {
  const place = ({ name }: Module) => {
    const at = usual.indexOf(name.split('.').at(-1)!);
    return at < 0 ? usual.length : at;
  };
  return [...modules].sort((a, b) => place(a) - place(b));
}
