import { parse } from 'yaml';
import { LockfileError } from './lockfile-error';
import { joinPath, readManifest, type Manifest } from './manifest';
import type { Reader } from './types';

/** The packages of a workspace by folder; `.` is the root. */
export interface Workspace {
  readonly root: Manifest;
  readonly packages: ReadonlyMap<string, Manifest>;
  /** Folder of a workspace package by its name. The root is not among them. */
  readonly folders: ReadonlyMap<string, string>;
}

/** @throws LockfileError where there is no root package.json, or a manifest is broken. */
export function readWorkspace(reader: Reader): Workspace {
  const root = readManifest(reader, '.');
  if (!root) throw new LockfileError('package.json: does not exist. The workspace needs one at its root');
  const packages = new Map<string, Manifest>();
  const folders = new Map<string, string>();
  for (const folder of expandPatterns(reader, workspacePatterns(reader, root))) {
    const manifest = readManifest(reader, folder);
    if (!manifest) continue;
    packages.set(folder, manifest);
    if (manifest.name !== undefined && !folders.has(manifest.name)) folders.set(manifest.name, folder);
  }
  return { root, packages, folders };
}

function workspacePatterns(reader: Reader, root: Manifest): readonly string[] {
  const settings = reader.read('pnpm-workspace.yaml');
  if (settings !== null && reader.exists('pnpm-lock.yaml')) {
    const packages = (parse(settings) as { packages?: unknown } | null)?.packages;
    return Array.isArray(packages) ? packages.map(String) : [];
  }
  const { workspaces } = root;
  if (Array.isArray(workspaces)) return workspaces as readonly string[];
  return (workspaces as { packages?: readonly string[] } | undefined)?.packages ?? [];
}

/** Folders with a package.json that match the patterns (`*`, `**`, `{a,b}`, `!negated`), sorted. */
function expandPatterns(reader: Reader, patterns: readonly string[]): readonly string[] {
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!')).map(clean);
  const unwanted = patterns
    .filter((pattern) => pattern.startsWith('!'))
    .map((pattern) => clean(pattern.slice(1)));
  const found = new Set<string>();
  for (const pattern of wanted.flatMap(braces))
    for (const folder of expand(reader, '.', pattern.split('/')))
      if (folder !== '.' && reader.exists(joinPath(folder, 'package.json'))) found.add(folder);
  const refused = unwanted.flatMap(braces).map(toExpression);
  return [...found].filter((folder) => !refused.some((expression) => expression.test(folder))).sort();
}

function clean(pattern: string): string {
  return pattern
    .replace(/^\.?\//, '')
    .replace(/\/+$/, '')
    .replace(/\/package\.json$/, '');
}

function braces(pattern: string): readonly string[] {
  const match = /^(.*?)\{([^{}]*)\}(.*)$/.exec(pattern);
  if (!match) return [pattern];
  return match[2]!.split(',').flatMap((choice) => braces(`${match[1]}${choice}${match[3]}`));
}

function* expand(reader: Reader, folder: string, segments: readonly string[]): Generator<string> {
  const [segment, ...rest] = segments;
  if (segment === undefined) return yield folder;
  if (segment === '' || segment === '.') return yield* expand(reader, folder, rest);
  if (segment === '**') yield* expand(reader, folder, rest);
  else if (!/[*?]/.test(segment)) return yield* expand(reader, joinPath(folder, segment), rest);
  const expression = toExpression(segment === '**' ? '*' : segment);
  for (const name of reader.list(folder)) {
    if (name === 'node_modules' || name.startsWith('.') || !expression.test(name)) continue;
    yield* expand(reader, joinPath(folder, name), segment === '**' ? segments : rest);
  }
}

function toExpression(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^$()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/|\*\*|\*|\?/g, (glob) =>
      glob === '**/' ? '(?:.*/)?' : glob === '**' ? '.*' : glob === '*' ? '[^/]*' : '[^/]',
    );
  return new RegExp(`^${source}$`);
}
