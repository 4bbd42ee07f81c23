import { join } from 'node:path/posix';
import { parse, stringify } from '@yarnpkg/lockfile';
import { LockfileError } from '../lockfile-error';
import type { Lock, ReachedPackage, RenderedLock, Walk } from '../lock';
import { isOptionalPeer, joinPath, readManifest, type Importer, type Specs } from '../manifest';
import type { Reader } from '../types';
import type { Workspace } from '../workspace';

interface YarnEntry {
  readonly version: string;
  readonly resolved?: string;
  readonly dependencies?: Specs;
  readonly optionalDependencies?: Specs;
}

/** yarn.lock of yarn 1: `name@range` -> a version. Where packages lie is worked out by yarn from the whole. */
export function openYarnLock(reader: Reader, workspace: Workspace): Lock {
  const parsed = parseLock(reader.read('yarn.lock') ?? '');
  const resolutions = (workspace.root['resolutions'] ?? {}) as Specs;
  const find = (name: string, spec: string): string | null => {
    const pattern = `${name}@${spec}`;
    if (parsed[pattern]) return pattern;
    // `a/**/b` and `**/b` are about b.
    for (const [selector, forced] of Object.entries(resolutions))
      if (selector === name || selector.endsWith(`/${name}`))
        if (parsed[`${name}@${forced}`]) return `${name}@${forced}`;
    return null;
  };
  return {
    file: 'yarn.lock',
    undeclared: (name) => {
      const patterns = Object.keys(parsed).filter(
        (pattern) => pattern.slice(0, pattern.indexOf('@', 1)) === name,
      );
      return [...new Set(patterns.map((pattern) => parsed[pattern]!.version))];
    },
    linkSpec: () => null,
    walk: (importers) => walkPatterns(parsed, importers, workspace, reader, find),
    render: (importers, walk) => renderYarnLock(parsed, importers, walk as YarnWalk, workspace),
  };
}

interface YarnWalk extends Walk {
  /** Patterns of the pruned lockfile, with the pattern of the workspace's whose entry they take. */
  readonly patterns: ReadonlyMap<string, string>;
}

function parseLock(text: string): Readonly<Record<string, YarnEntry>> {
  try {
    const { type, object } = parse(text) as { type: string; object: Record<string, YarnEntry> };
    if (type !== 'conflict') return object;
  } catch (error) {
    throw new LockfileError(
      `yarn.lock: cannot be read: ${(error as Error).message.split('\n')[0]}. Run yarn install`,
    );
  }
  throw new LockfileError('yarn.lock: has merge conflicts. Run yarn install');
}

function walkPatterns(
  parsed: Readonly<Record<string, YarnEntry>>,
  importers: ReadonlyMap<string, Importer>,
  workspace: Workspace,
  reader: Reader,
  find: (name: string, spec: string) => string | null,
): YarnWalk {
  const patterns = new Map<string, string>();
  const packages = new Map<string, ReachedPackage>();
  const links = new Set<string>();
  const peers = new Map<string, { optional: boolean }>();
  const queue: string[] = [];

  const reach = (from: string, name: string, spec: string, optional: boolean) => {
    const pattern = find(name, spec);
    const folder = workspace.folders.get(name);
    if (pattern === null && folder !== undefined) links.add(folder);
    else if (pattern === null && /^link:/.test(spec))
      links.add(spec.slice('link:'.length).replace(/^\.\//, ''));
    else if (pattern !== null) {
      patterns.set(pattern, pattern);
      queue.push(pattern);
    } else if (!optional)
      throw new LockfileError(
        `yarn.lock: ${from} depends on ${name}@${spec}, which is not in it. Run yarn install`,
      );
  };

  for (const {
    folder,
    manifest,
    dependencies,
    optionalDependencies,
    peerDependencies,
  } of importers.values()) {
    const path = joinPath(folder, 'package.json');
    for (const [name, spec] of Object.entries(dependencies)) {
      if (find(name, fromRoot(folder, spec)) === null && !isNamed(manifest, name)) {
        // Not declared anywhere: the specification is the exact version that was found, and a pattern of its own.
        const other = Object.keys(parsed).find(
          (pattern) =>
            pattern.slice(0, pattern.indexOf('@', 1)) === name && parsed[pattern]!.version === spec,
        );
        if (other !== undefined) {
          patterns.set(`${name}@${spec}`, other);
          queue.push(other);
          continue;
        }
      }
      reach(path, name, fromRoot(folder, spec), false);
    }
    for (const [name, spec] of Object.entries(optionalDependencies))
      reach(path, name, fromRoot(folder, spec), true);
    for (const name of Object.keys(peerDependencies)) addPeer(peers, name, isOptionalPeer(manifest, name));
  }
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    if (packages.has(at)) continue;
    const { version, dependencies = {}, optionalDependencies = {} } = parsed[at]!;
    const name = at.slice(0, at.indexOf('@', 1));
    // The lockfile has no peers: what is installed says them (the app was built, so it is there).
    const installed = readManifest(reader, `node_modules/${name}`);
    for (const peer of Object.keys(installed?.peerDependencies ?? {}))
      addPeer(peers, peer, isOptionalPeer(installed!, peer));
    packages.set(at, {
      name,
      version,
      dependencies: Object.keys({ ...dependencies, ...optionalDependencies }).sort(),
    });
    for (const [name, spec] of Object.entries(dependencies)) reach(at, name, spec, false);
    for (const [name, spec] of Object.entries(optionalDependencies)) reach(at, name, spec, true);
  }
  return { packages, links, peers, patterns };
}

/** Yarn writes paths of workspace packages relative to the root. */
function fromRoot(folder: string, spec: string): string {
  const path = /^(?:file:|link:)?(\.{1,2}\/.*)$/.exec(spec)?.[1];
  if (path === undefined || folder === '.') return spec;
  return `${spec.startsWith('link:') ? 'link:' : 'file:'}${join(folder, path)}`;
}

function isNamed(manifest: Importer['manifest'], name: string): boolean {
  return name in { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.peerDependencies };
}

function addPeer(peers: Map<string, { optional: boolean }>, name: string, optional: boolean): void {
  peers.set(name, { optional: optional && (peers.get(name)?.optional ?? true) });
}

function renderYarnLock(
  parsed: Readonly<Record<string, YarnEntry>>,
  importers: ReadonlyMap<string, Importer>,
  { patterns }: YarnWalk,
  workspace: Workspace,
): RenderedLock {
  const pruned: Record<string, YarnEntry> = {};
  const copies = new Set<string>();
  for (const pattern of [...patterns.keys()].sort()) {
    pruned[pattern] = parsed[patterns.get(pattern)!]!;
    const file = /@file:(?:\.\/)?(.+)$/.exec(pattern)?.[1];
    if (file !== undefined && !file.startsWith('..')) copies.add(file);
  }
  const folders = [...importers.keys()].filter((folder) => folder !== '.').sort();
  const { resolutions } = workspace.root;
  return {
    files: [{ path: 'yarn.lock', content: stringify(pruned) }],
    copies: [...copies].sort(),
    rootFields: {
      // Yarn 1 knows workspaces in private packages only.
      private: true,
      ...(folders.length > 0 ? { workspaces: folders } : {}),
      ...(resolutions ? { resolutions } : {}),
    },
    warnings: [],
  };
}
