import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path/posix';
import { tokens, type Token } from './js-tokens';
import type { FoundImport, PrunedFile } from './types';

/**
 * The bare imports of built JavaScript: `import`, `export … from`, `import()`, `require()`, `require.resolve()`. Relative
 * paths, URLs, `#internal` names and Node's own modules are left out, and so is what a loader inside the output maps itself
 * (Nx's unbundled esbuild output). Sorted by name, file and line; one entry per name, file and need.
 * With `entries`, files that these do not load are known to be there only: nothing in them is needed at the start.
 */
export function scanImports(
  files: readonly PrunedFile[],
  entries?: readonly string[],
): readonly FoundImport[] {
  const found = new Map<string, FoundImport>();
  const mapped = files.flatMap(({ content }) => mappedNames(content));
  const scripts = files.filter(({ path }) => /\.[cm]?js$/.test(path));
  const imports = new Map(scripts.map(({ path, content }) => [path, [...importsOf(content)]]));
  const loaded = entries && mapped.length === 0 ? loadedFiles(entries, imports) : null;
  for (const { path, content } of scripts) {
    for (const { specifier, offset, need: stated } of imports.get(path)!) {
      const name = packageName(specifier);
      if (name === null || mapped.some((pattern) => matches(pattern, specifier))) continue;
      const need = stated === 'static' && loaded && !loaded.has(path) ? 'lazy' : stated;
      const key = `${name}\0${path}\0${need}`;
      if (!found.has(key)) found.set(key, { name, file: path, line: lineOf(content, offset), need });
    }
  }
  return [...found.keys()].sort().map((key) => found.get(key)!);
}

/** The files that the entries load by relative imports, whenever that is. */
function loadedFiles(
  entries: readonly string[],
  imports: ReadonlyMap<string, readonly RawImport[]>,
): ReadonlySet<string> {
  const loaded = new Set(entries.filter((entry) => imports.has(entry)));
  // A set grows while it is iterated, so this is the whole closure.
  for (const path of loaded)
    for (const { specifier } of imports.get(path)!) {
      if (!/^\.\.?(\/|$)/.test(specifier)) continue;
      const target = join(dirname(path), specifier);
      const file = ['', '.js', '.cjs', '.mjs', '/index.js']
        .map((end) => target + end)
        .find((at) => imports.has(at));
      if (file !== undefined) loaded.add(file);
    }
  return loaded;
}

/** Name of the package that a specifier is of; null where it is no bare import, or one of Node's own modules. */
export function packageName(specifier: string): string | null {
  if (!/^[@a-zA-Z0-9_][^:\\]*$/.test(specifier) || isBuiltin(specifier)) return null;
  const [scope, name] = specifier.split('/');
  if (!scope!.startsWith('@')) return isBuiltin(scope!) && !specifier.includes('/') ? null : scope!;
  return scope!.length > 1 && name ? `${scope}/${name}` : null;
}

interface RawImport {
  readonly specifier: string;
  readonly offset: number;
  readonly need: FoundImport['need'];
}

/** What a bracket encloses. */
type Scope = 'try' | 'function' | 'parameters' | 'other';

function* importsOf(text: string): Generator<RawImport> {
  if (!/require|import|export/.test(text)) return;
  const scopes: Scope[] = [];
  // How many brackets were open at each `=>` whose body is an expression.
  const arrows: number[] = [];
  const last: Token[] = [];
  // Tokens of an `import … from` or `export … from` that is being read.
  let clause: Token[] = [];
  let call: { readonly lazy: boolean; readonly offset: number } | null = null;
  let afterParameters = false;

  const needOf = (lazy: boolean): FoundImport['need'] => {
    if (scopes.includes('try')) return 'optional';
    return lazy || arrows.length > 0 || scopes.includes('function') ? 'lazy' : 'static';
  };

  for (const token of tokens(text)) {
    const previous = last.at(-1);
    const isText = token.kind === 'string' || token.kind === 'template';
    if (call && isText) yield { specifier: token.value, offset: call.offset, need: needOf(call.lazy) };
    call = callOf(token, last);

    if (clause.length > 0) {
      if (isText && (previous === clause[0] || previous?.value === 'from')) {
        yield { specifier: token.value, offset: clause[0]!.start, need: 'static' };
        clause = [];
      } else clause = continuesClause(token, clause) ? [...clause, token] : [];
    }
    if (
      token.kind === 'word' &&
      (token.value === 'import' || token.value === 'export') &&
      previous?.value !== '.'
    )
      clause = [token];

    if (previous?.value === '=>' && token.value !== '{') arrows.push(scopes.length);
    if (token.kind === 'punctuator') {
      if ('([{'.includes(token.value)) scopes.push(scopeOf(token, last, afterParameters));
      else if (')]}'.includes(token.value)) {
        afterParameters = scopes.pop() === 'parameters' && token.value === ')';
        while (arrows.length > 0 && arrows.at(-1)! > scopes.length) arrows.pop();
      } else if (token.value === ',' || token.value === ';') {
        while (arrows.length > 0 && arrows.at(-1)! >= scopes.length) arrows.pop();
      }
    }
    last.push(token);
    if (last.length > 3) last.shift();
  }
}

/** Where this token opens the arguments of a require or an `import()`. `last` are the three tokens before it. */
function callOf(token: Token, last: readonly Token[]): { lazy: boolean; offset: number } | null {
  const [object, dot, callee] = [last.at(-3), last.at(-2), last.at(-1)];
  if (token.value !== '(' || callee?.kind !== 'word' || dot?.value === 'function') return null;
  const owner = dot?.value === '.' ? (object?.value ?? '') : null;
  if (callee.value === 'import' && owner === null) return { lazy: true, offset: callee.start };
  if (callee.value === 'resolve' && isRequire(owner)) return { lazy: true, offset: callee.start };
  if (isRequire(callee.value) && (owner === null || owner === 'module'))
    return { lazy: false, offset: callee.start };
  return null;
}

function isRequire(name: string | null): boolean {
  return name === 'require' || name === '__require';
}

function scopeOf(token: Token, last: readonly Token[], afterParameters: boolean): Scope {
  const previous = last.at(-1);
  if (token.value === '(') {
    const condition = previous?.kind === 'word' && /^(if|while|for|switch|catch|with)$/.test(previous.value);
    return condition ? 'other' : 'parameters';
  }
  if (token.value === '[') return 'other';
  if (previous?.kind === 'word' && previous.value === 'try' && last.at(-2)?.value !== '.') return 'try';
  return previous?.value === '=>' || (previous?.value === ')' && afterParameters) ? 'function' : 'other';
}

/** Whether a token may stand between `import` or `export` and `from`. */
function continuesClause(token: Token, clause: readonly Token[]): boolean {
  const previous = clause.at(-1)!;
  if (clause.length === 1 && clause[0]!.value === 'export') return token.value === '{' || token.value === '*';
  if (previous.kind === 'punctuator' && previous.value === '}') return token.value === 'from';
  return token.kind === 'word' || token.kind === 'string' || /^[{},*]$/.test(token.value);
}

/**
 * Nx's unbundled esbuild output has a loader that maps path aliases of the workspace to files beside it. Its table says which
 * names are files and not packages; a final `*` stands for any rest.
 */
function mappedNames(content: string): readonly string[] {
  if (!content.includes('_resolveFilename')) return [];
  const table = /\bmanifest\s*=\s*(\[\{.*?\}\]);/s.exec(content)?.[1];
  if (table === undefined) return [];
  try {
    const entries = JSON.parse(table) as readonly { readonly module?: unknown }[];
    return entries.flatMap(({ module }) => (typeof module === 'string' ? [module] : []));
  } catch {
    return [];
  }
}

function matches(pattern: string, specifier: string): boolean {
  return pattern.endsWith('*') ? specifier.startsWith(pattern.slice(0, -1)) : specifier === pattern;
}

function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
