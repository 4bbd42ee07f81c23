import { parseAllDocuments, type Document } from 'yaml';
import { LockfileError } from '../lockfile-error';
import type { Lock, ReachedPackage, Walk } from '../lock';
import { joinPath, type Importer, type Specs } from '../manifest';
import type { Reader } from '../types';
import type { Workspace } from '../workspace';
import { renderPnpmLock } from './render-pnpm-lock';

export type PnpmReferences = Record<string, { readonly specifier: string; readonly version: string }>;

export interface PnpmImporter {
  readonly dependencies?: PnpmReferences;
  readonly devDependencies?: PnpmReferences;
  readonly optionalDependencies?: PnpmReferences;
  readonly [key: string]: unknown;
}

export interface PnpmSnapshot {
  readonly dependencies?: Specs;
  readonly optionalDependencies?: Specs;
  readonly optional?: boolean;
  readonly [key: string]: unknown;
}

export interface PnpmPackage {
  readonly resolution: { readonly type?: string; readonly directory?: string; readonly tarball?: string };
  readonly version?: string;
  readonly [key: string]: unknown;
}

/** pnpm-lock.yaml of version 9: what each importer wants, what each package is, and what each of its instances links to. */
export interface PnpmLockfile {
  readonly lockfileVersion: string;
  readonly importers: Readonly<Record<string, PnpmImporter>>;
  readonly packages?: Readonly<Record<string, PnpmPackage>>;
  readonly snapshots?: Readonly<Record<string, PnpmSnapshot>>;
  readonly overrides?: Specs;
  readonly patchedDependencies?: Readonly<Record<string, unknown>>;
  readonly catalogs?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly [key: string]: unknown;
}

export interface PnpmWalk extends Walk {
  readonly importers: Readonly<Record<string, PnpmImporter>>;
  /** Keys of `snapshots` that are needed, and whether only optional dependencies need them. */
  readonly snapshots: ReadonlyMap<string, { readonly optional: boolean }>;
}

/** @throws LockfileError where it is broken, or of another version. */
export function openPnpmLock(reader: Reader, workspace: Workspace): Lock {
  const documents = parseAllDocuments(reader.read('pnpm-lock.yaml') ?? '') as Document[];
  const broken = documents.flatMap(({ errors }) => errors)[0];
  if (broken)
    throw new LockfileError(
      `pnpm-lock.yaml: is not valid YAML: ${broken.message.split('\n')[0]}. Run pnpm install`,
    );
  // From pnpm 11 on a first document may pin pnpm itself; the workspace's own is the last one.
  const lock = documents.at(-1)?.toJS() as PnpmLockfile | null;
  const version = lock?.lockfileVersion;
  if (!lock?.importers || !/^9\./.test(String(version)))
    throw new LockfileError(
      `pnpm-lock.yaml: lockfileVersion ${version ?? '(none)'} cannot be pruned. Run pnpm install with pnpm 9 or later`,
    );
  return {
    file: 'pnpm-lock.yaml',
    undeclared: (name) => {
      const keys = Object.keys(lock.packages ?? {});
      return keys.filter((key) => key.startsWith(`${name}@`)).map((key) => key.slice(name.length + 1));
    },
    linkSpec: () => 'workspace:*',
    walk: (importers) => walkSnapshots(lock, importers),
    render: (importers, walk) => renderPnpmLock(lock, importers, walk as PnpmWalk, reader, workspace),
  };
}

/** Key of the snapshot that a reference of a package means; null for a link. */
export function snapshotKey(name: string, reference: string): string | null {
  if (reference.startsWith('link:')) return null;
  if (reference.startsWith('@')) return reference;
  const at = reference.indexOf('@');
  const before = (sign: string) => reference.indexOf(sign) === -1 || at < reference.indexOf(sign);
  // `lodash@4.17.21` is the target of an alias; `4.17.21(react@18.0.0)` and `https://…@…` are not.
  return at !== -1 && before(':') && before('(') ? reference : `${name}@${reference}`;
}

/** A snapshot without the peers and patches it was made with: the key of its package. */
export function packageKey(snapshot: string): string {
  const end = snapshot.indexOf('(');
  return end === -1 ? snapshot : snapshot.slice(0, end);
}

function walkSnapshots(lock: PnpmLockfile, importers: ReadonlyMap<string, Importer>): PnpmWalk {
  const links = new Set<string>();
  const pruned: Record<string, PnpmImporter> = {};
  const snapshots = new Map<string, { optional: boolean }>();
  const packages = new Map<string, ReachedPackage>();
  const queue: string[] = [];

  const reach = (from: string, name: string, reference: string, optional: boolean) => {
    const key = snapshotKey(name, reference);
    if (key === null) {
      links.add(joinFolders(from, reference.slice('link:'.length)));
      return;
    }
    const known = snapshots.get(key);
    if (known && (optional || !known.optional)) return;
    if (!lock.snapshots?.[key]) {
      if (optional) return;
      throw new LockfileError(
        `pnpm-lock.yaml: ${from} depends on ${key}, which is not in it. Run pnpm install`,
      );
    }
    snapshots.set(key, { optional });
    queue.push(key);
  };

  for (const importer of importers.values()) {
    const locked = lock.importers[importer.folder];
    if (!locked) {
      // A folder that is linked but no member of the workspace: pnpm does not install its dependencies either.
      if (Object.keys({ ...importer.dependencies, ...importer.optionalDependencies }).length === 0) continue;
      if ([...importers.keys()].indexOf(importer.folder) > 1) continue;
      throw new LockfileError(
        `pnpm-lock.yaml: does not know ${joinPath(importer.folder, 'package.json')}. Run pnpm install`,
      );
    }
    pruned[importer.folder] = pruneImporter(lock, locked, importer);
    for (const [section, references] of Object.entries(pruned[importer.folder]!)) {
      if (section !== 'dependencies' && section !== 'optionalDependencies') continue;
      for (const [name, { version }] of Object.entries(references as PnpmReferences))
        reach(importer.folder, name, version, section === 'optionalDependencies');
    }
  }
  for (let key = queue.shift(); key !== undefined; key = queue.shift()) {
    const snapshot = lock.snapshots![key]!;
    const { optional } = snapshots.get(key)!;
    const id = packageKey(key);
    const at = id.indexOf('@', 1);
    const { version, resolution } = lock.packages?.[id] ?? ({} as Partial<PnpmPackage>);
    const { dependencies = {}, optionalDependencies = {} } = snapshot;
    packages.set(key, {
      name: id.slice(0, at),
      version: version ?? id.slice(at + 1),
      dependencies: Object.keys({ ...dependencies, ...optionalDependencies }).sort(),
    });
    const from = resolution?.type === 'directory' ? resolution.directory! : key;
    for (const [name, reference] of Object.entries(dependencies)) reach(from, name, reference, optional);
    for (const [name, reference] of Object.entries(optionalDependencies)) reach(from, name, reference, true);
  }
  // Peers are part of a snapshot's key here, so nothing is left to the surroundings.
  return { packages, links, peers: new Map(), importers: pruned, snapshots };
}

/** An importer's entry with what the mini-workspace's manifest has: pnpm compares the two. */
function pruneImporter(lock: PnpmLockfile, locked: PnpmImporter, importer: Importer): PnpmImporter {
  const all = { ...locked.devDependencies, ...locked.dependencies, ...locked.optionalDependencies };
  const pick = (names: readonly string[], required: boolean) => {
    const references: PnpmReferences = {};
    for (const name of [...names].sort()) {
      const reference = all[name] ?? undeclaredReference(lock, importer, name);
      if (reference) references[name] = reference;
      else if (required)
        throw new LockfileError(
          `${joinPath(importer.folder, 'package.json')}: wants ${name}@${importer.dependencies[name]}, which pnpm-lock.yaml does not have. Run pnpm install`,
        );
    }
    return Object.keys(references).length > 0 ? references : undefined;
  };
  // With autoInstallPeers the peers of an importer stand among its dependencies.
  const peers = Object.keys(importer.peerDependencies).filter(
    (name) => locked.dependencies?.[name] && !(name in importer.dependencies),
  );
  const { devDependencies: _dev, dependencies: _plain, optionalDependencies: _optional, ...rest } = locked;
  return dropUndefined({
    ...rest,
    dependencies: pick([...Object.keys(importer.dependencies), ...peers], true),
    optionalDependencies: pick(Object.keys(importer.optionalDependencies), false),
  });
}

/** A dependency that was added because the output imports it, without any manifest naming it. */
function undeclaredReference(
  lock: PnpmLockfile,
  importer: Importer,
  name: string,
): PnpmReferences[string] | undefined {
  const specifier = importer.dependencies[name];
  const { dependencies, devDependencies, optionalDependencies } = importer.manifest;
  if (specifier === undefined || name in { ...dependencies, ...devDependencies, ...optionalDependencies })
    return undefined;
  const key = Object.keys(lock.snapshots ?? {}).find(
    (snapshot) => packageKey(snapshot) === `${name}@${specifier}`,
  );
  return key === undefined ? undefined : { specifier, version: key.slice(name.length + 1) };
}

/** @throws nothing: a path that climbs out of the workspace keeps its `..` and is refused by the caller. */
function joinFolders(from: string, to: string): string {
  const parts: string[] = [];
  for (const part of `${from}/${to}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.length === 0 ? '.' : parts.join('/');
}

export function dropUndefined<T extends Readonly<Record<string, unknown>>>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}
