import type { Manifest } from './manifest';

/** Never in an image: installed packages, debugger's and compiler's files, settings that may hold credentials. */
const never =
  /(^|\/)(node_modules|\.git|\.nx|coverage)\/|\.(map|tsbuildinfo)$|\.d\.[cm]?ts$|(^|\/)(\.npmrc|\.yarnrc(\.yml)?|\.env(\..*)?)$|^package\.json$/;

/** Left out where the manifest does not say what is published: tests and settings of tools. */
const ofDevelopment =
  /(^|\/)(__tests__|__mocks__|test|tests)\/|\.(spec|test|stories)\.[cm]?[jt]sx?$|(^|\/)(tsconfig[^/]*\.json|project\.json|toolbox\.yaml|toolbox\.lock\.json|Dockerfile[^/]*|\.[^/]+|(jest|vite|vitest|webpack|rspack|rollup|eslint|prettier|esbuild|babel)\.config\.[^/]+|\.eslintrc[^/]*)$/;

const typescript = /\.[cm]?tsx?$/;

/** Conditions of `exports` that Node.js sets. */
const conditions = new Set(['node', 'import', 'require', 'module-sync', 'node-addons', 'default']);

/**
 * The files of a workspace package that belong in an image: the published ones where the manifest has `files`, else the folders that
 * `main` and `exports` point into, else all but tests and settings. `files` are relative to the package; the order is kept.
 */
export function selectPackageFiles(manifest: Manifest, files: readonly string[]): readonly string[] {
  const targets = entryTargets(manifest);
  const allowed = files.filter((file) => !never.test(file));
  const published = manifest['files'];
  if (Array.isArray(published)) {
    const [wanted, unwanted] = [[], []] as [RegExp[], RegExp[]];
    for (const pattern of published.map(String))
      if (pattern.startsWith('!')) unwanted.push(toExpression(pattern.slice(1)));
      else wanted.push(toExpression(pattern));
    return allowed.filter(
      (file) =>
        targets.includes(file) ||
        (wanted.some((expression) => expression.test(file)) &&
          !unwanted.some((expression) => expression.test(file))),
    );
  }
  const runsTypescript = targets.some((target) => typescript.test(target));
  const usable = allowed.filter((file) => runsTypescript || !typescript.test(file));
  const folders = new Set(
    targets.map((target) => (target.includes('/') ? target.slice(0, target.indexOf('/')) : '')),
  );
  if (folders.size > 0 && !folders.has('') && !folders.has('src') && !folders.has('*'))
    return usable.filter((file) => folders.has(file.slice(0, Math.max(0, file.indexOf('/')))));
  return usable.filter((file) => !ofDevelopment.test(file));
}

/** The file that Node.js loads for the package's own name and that is not there, e.g. since it was not built; or null. */
export function missingEntry(manifest: Manifest, files: readonly string[]): string | null {
  const present = (target: string) =>
    files.includes(target) ||
    ['.js', '.json', '.node', '/index.js'].some((end) =>
      files.includes(`${target.replace(/\/$/, '')}${end}`),
    );
  const { exports } = manifest as { exports?: unknown };
  if (exports !== undefined) {
    const entry =
      typeof exports === 'object' && exports !== null && '.' in exports
        ? (exports as Record<string, unknown>)['.']
        : exports;
    const isTable =
      typeof entry === 'object' && entry !== null && Object.keys(entry).some((key) => key.startsWith('.'));
    const targets = isTable ? [] : [...targetsOf(entry)];
    return targets.length > 0 && !targets.some(present) ? targets[0]! : null;
  }
  const { main } = manifest as { main?: unknown };
  if (typeof main !== 'string') return null;
  const target = clean(main);
  return present(target) || files.includes('index.js') ? null : target;
}

/** Files that `main`, `module`, `exports` and `bin` name, relative to the package. */
export function entryTargets(manifest: Manifest): readonly string[] {
  const { main, module, exports, bin } = manifest as Record<string, unknown>;
  const found = new Set<string>();
  for (const target of [main, module].filter((value) => typeof value === 'string')) found.add(clean(target));
  for (const target of targetsOf(exports)) found.add(target);
  for (const target of typeof bin === 'string' ? [bin] : Object.values(bin ?? {}))
    found.add(clean(String(target)));
  found.delete('package.json');
  return [...found];
}

function* targetsOf(exports: unknown): Generator<string> {
  if (typeof exports === 'string') yield clean(exports);
  else if (Array.isArray(exports)) for (const item of exports) yield* targetsOf(item);
  else if (typeof exports === 'object' && exports !== null)
    for (const [key, value] of Object.entries(exports))
      if (key.startsWith('.') || conditions.has(key)) yield* targetsOf(value);
}

function clean(path: string): string {
  return path.replace(/^(\.?\/)+/, '');
}

/** A pattern of `files`: a file, a folder with all that is in it, or a glob of those. */
function toExpression(pattern: string): RegExp {
  const source = clean(pattern)
    .replace(/\/+$/, '')
    .replace(/[.+^$()|[\]\\{}]/g, '\\$&')
    .replace(/\*\*\/|\*\*|\*|\?/g, (glob) =>
      glob === '**/' ? '(?:.*/)?' : glob === '**' ? '.*' : glob === '*' ? '[^/]*' : '[^/]',
    );
  return new RegExp(source === '' || source === '\\.' ? '^' : `^${source}(?:/|$)`);
}
