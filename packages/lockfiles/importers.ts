import type { Lock } from './lock';
import { LockfileError } from './lockfile-error';
import {
  declaredSpec,
  emptyImporter,
  importerOf,
  joinPath,
  parseManifest,
  readManifest,
  type Importer,
} from './manifest';
import type { FoundImport, PruneRequest } from './types';
import type { Workspace } from './workspace';

export interface Importers {
  readonly map: Map<string, Importer>;
  readonly warnings: readonly string[];
}

/**
 * The packages of the mini-workspace before anything is followed: the root, the app where it is a package of its own, and the
 * workspace packages that the app imports without declaring them.
 * @throws LockfileError where the output imports, when it is loaded, what can neither be installed nor linked.
 */
export function startImporters(request: PruneRequest, workspace: Workspace, lock: Lock): Importers {
  const { projectRoot } = request;
  const own = workspace.packages.get(projectRoot);
  const map = new Map<string, Importer>();
  map.set('.', projectRoot === '.' ? importerOf('.', workspace.root) : emptyImporter('.', workspace.root));
  if (own) map.set(projectRoot, importerOf(projectRoot, own));
  const warnings: string[] = [];
  for (const wanted of wantedPackages(request, own !== undefined || projectRoot === '.')) {
    const problem = place(wanted, request, workspace, lock, map, warnings);
    if (problem === null || wanted.need === 'optional') continue;
    if (wanted.need === 'static') throw new LockfileError(problem);
    warnings.push(problem);
  }
  return { map, warnings };
}

type Wanted = Pick<FoundImport, 'name' | 'need' | 'importer'> & { readonly where: string };

/** Static needs first, so that a name is judged by its strongest need. */
function wantedPackages(request: PruneRequest, isPackage: boolean): readonly Wanted[] {
  const wanted: Wanted[] = [];
  for (const name of request.include ?? []) wanted.push({ name, need: 'static', where: `include: ${name}` });
  for (const { name, need, importer, file, line } of request.imports)
    wanted.push({ name, need, importer, where: `${file}:${line}: imports ${name}` });
  // Ranges of these are not looked at: the lockfile decides the versions.
  const hints: { path: string; content: string }[] = request.outputManifest ? [request.outputManifest] : [];
  const path = joinPath(request.projectRoot, 'package.json');
  const content = isPackage ? null : request.reader.read(path);
  if (content !== null) hints.push({ path, content });
  for (const hint of hints) {
    const { dependencies, optionalDependencies } = parseManifest(hint.content, hint.path);
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies }))
      wanted.push({
        name,
        need: optionalDependencies && name in optionalDependencies ? 'optional' : 'lazy',
        where: `${hint.path}: depends on ${name}`,
      });
  }
  const order = { static: 0, lazy: 1, optional: 2 };
  const sorted = wanted.sort((a, b) => order[a.need] - order[b.need] || (a.where < b.where ? -1 : 1));
  return sorted.filter(
    ({ name, importer }, index) =>
      sorted.findIndex((other) => other.name === name && other.importer === importer) === index,
  );
}

/** Makes a package part of the root or of the app. Returns what is wrong, in one line, or null. */
function place(
  { name, where, importer }: Wanted,
  { projectRoot }: PruneRequest,
  workspace: Workspace,
  lock: Lock,
  map: Map<string, Importer>,
  warnings: string[],
): string | null {
  const root = map.get('.')!;
  const app = importerFor(importer ?? projectRoot, workspace, map);
  if (name === app.manifest.name || isDeclared(app, name)) return null;
  if (app !== root) {
    const spec = declaredSpec(app.manifest, name)?.spec;
    if (spec !== undefined) {
      app.dependencies[name] = spec;
      return null;
    }
  }
  if (addFromRoot(root, name)) return null;
  const folder = workspace.folders.get(name);
  if (folder !== undefined) {
    const spec = lock.linkSpec(name);
    if (spec !== null)
      return `${where}, which ${joinPath(app.folder, 'package.json')} does not declare. Add it to its dependencies`;
    if (!map.has(folder)) map.set(folder, importerOf(folder, workspace.packages.get(folder)!));
    return null;
  }
  const [spec, ...others] = lock.undeclared(name, app.folder);
  if (spec === undefined)
    return `${where}, which is neither in ${lock.file} nor a package of the workspace. Install it, or let the build bundle it`;
  if (others.length > 0)
    return `${where}, which no package.json declares and ${lock.file} has in several versions. Add it to the dependencies`;
  root.dependencies[name] = spec;
  warnings.push(`${where}, which no package.json declares. ${spec} is used. Add it to the dependencies`);
  return null;
}

/** Other workspace packages than the app are here because their files were looked at: they are needed. */
function importerFor(folder: string, workspace: Workspace, map: Map<string, Importer>): Importer {
  const manifest = workspace.packages.get(folder);
  if (!map.has(folder) && manifest) map.set(folder, importerOf(folder, manifest));
  return map.get(folder) ?? map.get('.')!;
}

function isDeclared(importer: Importer, name: string): boolean {
  return (
    name in importer.dependencies ||
    name in importer.optionalDependencies ||
    name in importer.peerDependencies
  );
}

/** Takes a dependency of the workspace's root over into the pruned one. */
function addFromRoot(root: Importer, name: string, productionOnly = false): boolean {
  if (isDeclared(root, name)) return true;
  const declared = declaredSpec(root.manifest, name);
  if (!declared || (productionOnly && !declared.production)) return false;
  const optional = root.manifest.optionalDependencies?.[name] !== undefined;
  root[optional ? 'optionalDependencies' : 'dependencies'][name] = declared.spec;
  return true;
}

/**
 * Adds what one walk found missing: linked packages, and peers that the root provides. An optional peer is taken only where the
 * root has it for production. Returns whether anything was added.
 */
export function growImporters(
  importers: Map<string, Importer>,
  { links, peers }: { links: ReadonlySet<string>; peers: ReadonlyMap<string, { optional: boolean }> },
  request: PruneRequest,
): boolean {
  let grown = false;
  for (const folder of [...links].sort()) {
    if (importers.has(folder)) continue;
    if (folder.split('/').includes('..'))
      throw new LockfileError(
        `${folder}: a linked package lies outside of the workspace. Move it into the workspace`,
      );
    const manifest = readManifest(request.reader, folder);
    if (!manifest)
      throw new LockfileError(
        `${folder}/package.json: does not exist, but a package depends on it. Run install again`,
      );
    importers.set(folder, importerOf(folder, manifest));
    grown = true;
  }
  const root = importers.get('.')!;
  const app = importers.get(request.projectRoot);
  for (const [name, { optional }] of [...peers].sort()) {
    if (isDeclared(root, name) || (app && (name in app.dependencies || name in app.optionalDependencies)))
      continue;
    if (addFromRoot(root, name, optional)) grown = true;
  }
  return grown;
}
