import { LockfileError } from '../lockfile-error';
import type { Lock, ReachedPackage, RenderedLock, Walk } from '../lock';
import { isOptionalPeer, joinPath, type Importer, type Specs } from '../manifest';
import type { Reader } from '../types';
import type { Workspace } from '../workspace';
import { inlineReferences } from './overrides';
import { renderNpmLock } from './render-npm-lock';

/** An entry of `packages`: a folder of node_modules, a workspace package, or a link to one. */
export interface NpmEntry {
  readonly name?: string;
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly inBundle?: boolean;
  readonly dependencies?: Specs;
  readonly optionalDependencies?: Specs;
  readonly peerDependencies?: Specs;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly [key: string]: unknown;
}

export interface NpmEdge {
  readonly from: string;
  readonly to: string;
  readonly optional: boolean;
  readonly peer: boolean;
}

export interface NpmWalk extends Walk {
  /** Locations of the tree that stay, links among them. */
  readonly kept: ReadonlySet<string>;
  readonly edges: readonly NpmEdge[];
}

/**
 * package-lock.json, versions 2 and 3: `packages` is the very tree of folders that npm makes, so dependencies are found in it
 * as Node itself would find them.
 * @throws LockfileError where it is broken or of version 1.
 */
export function openNpmLock(reader: Reader, file: string, workspace: Workspace): Lock {
  const packages = parsePackages(reader.read(file) ?? '', file);
  return {
    file,
    undeclared(name, folder) {
      const location = resolveFrom(packages, folder === '.' ? '' : folder, name);
      const entry = location === null ? undefined : packages[location];
      return entry && !entry.link ? [specOf(entry, name)] : [];
    },
    linkSpec: () => null,
    walk: (importers) => walkTree(packages, importers, file),
    render: (importers, walk): RenderedLock => ({
      ...renderNpmLock(packages, importers, walk as NpmWalk),
      rootFields: inlineReferences(workspace.root),
    }),
  };
}

function parsePackages(text: string, file: string): Readonly<Record<string, NpmEntry>> {
  let lock: { lockfileVersion?: number; packages?: Record<string, NpmEntry> };
  try {
    lock = JSON.parse(text) as typeof lock;
  } catch {
    const conflict = /^<{7}/m.test(text) ? ': it has merge conflicts' : '';
    throw new LockfileError(`${file}: is not valid JSON${conflict}. Run npm install`);
  }
  if (!lock.packages)
    throw new LockfileError(
      `${file}: lockfileVersion ${lock.lockfileVersion ?? 1} does not say where packages lie. Run npm install with npm 7 or later`,
    );
  return lock.packages;
}

/** Where Node finds a package from a folder: the nearest node_modules upwards that has it. */
function resolveFrom(
  packages: Readonly<Record<string, NpmEntry>>,
  from: string,
  name: string,
): string | null {
  for (let folder = from; ; folder = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '') {
    const location = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (!folder.endsWith('node_modules') && packages[location]) return location;
    if (folder === '') return null;
  }
}

function specOf({ version, resolved, name }: NpmEntry, as: string): string {
  if (resolved !== undefined && !/^https?:/.test(resolved)) return resolved;
  return name !== undefined && name !== as ? `npm:${name}@${version}` : (version ?? '*');
}

function walkTree(
  packages: Readonly<Record<string, NpmEntry>>,
  importers: ReadonlyMap<string, Importer>,
  file: string,
): NpmWalk {
  const kept = new Set<string>();
  const edges: NpmEdge[] = [];
  const links = new Set<string>();
  const peers = new Map<string, { optional: boolean }>();
  const reached = new Map<string, ReachedPackage>();
  const queue: string[] = [];

  const keep = (location: string) => {
    if (kept.has(location)) return;
    kept.add(location);
    queue.push(location);
  };
  const follow = (from: string, name: string, edge: Pick<NpmEdge, 'optional' | 'peer'>, start = from) => {
    const to = resolveFrom(packages, start, name);
    if (to === null) {
      if (edge.optional || edge.peer) return;
      throw new LockfileError(
        `${file}: ${from === '' ? 'package.json' : from} depends on ${name}, which is not in it. Run npm install`,
      );
    }
    edges.push({ from, to, ...edge });
    keep(to);
  };

  for (const folder of importers.keys()) {
    if (folder !== '.' && !packages[folder])
      throw new LockfileError(`${file}: does not know ${joinPath(folder, 'package.json')}. Run npm install`);
    keep(folder === '.' ? '' : folder);
  }
  for (const importer of importers.values()) {
    // The root links every workspace package.
    const { name } = importer.manifest;
    if (importer.folder === '.' || name === undefined) continue;
    const to = `node_modules/${name}`;
    if (packages[to]?.link !== true || packages[to].resolved !== importer.folder) continue;
    edges.push({ from: '', to, optional: false, peer: false });
    keep(to);
  }
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    const entry = packages[at]!;
    if (entry.link) {
      const target = entry.resolved ?? '';
      links.add(target);
      edges.push({ from: at, to: target, optional: false, peer: false });
      continue;
    }
    const importer = importers.get(at === '' ? '.' : at);
    if (importer) checkSpecs(importer, entry, file);
    else if (!at.includes('node_modules/')) continue;
    const { dependencies, optionalDependencies, peerDependencies } = importer ?? entry;
    if (!importer)
      reached.set(at, {
        name: entry.name ?? at.slice(at.lastIndexOf('node_modules/') + 'node_modules/'.length),
        version: entry.version ?? '',
        dependencies: Object.keys({ ...dependencies, ...optionalDependencies }).sort(),
      });
    for (const name of Object.keys(dependencies ?? {}))
      if (!optionalDependencies || !(name in optionalDependencies))
        follow(at, name, { optional: false, peer: false });
    for (const name of Object.keys(optionalDependencies ?? {}))
      follow(at, name, { optional: true, peer: false });
    for (const name of Object.keys(peerDependencies ?? {})) {
      const optional = isOptionalPeer(importer?.manifest ?? entry, name);
      if (optional) peers.set(name, peers.get(name) ?? { optional });
      // A package never provides its own peers.
      else follow(at, name, { optional: false, peer: true }, importer ? at : containerOf(at));
    }
    if (!importer)
      for (const location of Object.keys(packages))
        if (packages[location]!.inBundle && location.startsWith(`${at}/node_modules/`)) keep(location);
  }
  return { packages: reached, links, peers, kept, edges };
}

/** The folder that holds the node_modules that a package lies in. */
function containerOf(location: string): string {
  const end = location.lastIndexOf('node_modules/');
  return end <= 0 ? '' : location.slice(0, end - 1);
}

/** `npm ci` refuses a lockfile whose ranges differ from the manifests': better said here than inside a build. */
function checkSpecs({ folder, manifest, ...importer }: Importer, entry: NpmEntry, file: string): void {
  const wanted = { ...importer.dependencies, ...importer.optionalDependencies };
  const dev = entry['devDependencies'] as Specs | undefined;
  for (const [name, spec] of Object.entries(wanted)) {
    const locked =
      entry.optionalDependencies?.[name] ??
      entry.dependencies?.[name] ??
      dev?.[name] ??
      entry.peerDependencies?.[name];
    const declared = [manifest.dependencies, manifest.optionalDependencies, manifest.devDependencies].some(
      (section) => section?.[name] !== undefined,
    );
    if (declared && locked !== spec)
      throw new LockfileError(
        `${joinPath(folder, 'package.json')}: wants ${name}@${spec}, but ${file} has ${locked === undefined ? 'no such dependency' : `${name}@${locked}`}. Run npm install`,
      );
  }
}
