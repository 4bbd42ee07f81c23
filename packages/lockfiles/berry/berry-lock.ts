import { join } from 'node:path/posix';
import { parse } from 'yaml';
import { LockfileError } from '../lockfile-error';
import type { Lock, ReachedPackage, RenderedLock, Walk } from '../lock';
import { isOptionalPeer, joinPath, type Importer } from '../manifest';
import type { Reader } from '../types';
import type { Workspace } from '../workspace';
import { parseSyml, stringifySyml, type Syml } from './syml';

type Table = Readonly<Record<string, Syml>>;

interface BerryWalk extends Walk {
  /** Keys of the workspace's lockfile -> the descriptors of it that are needed. */
  readonly used: ReadonlyMap<string, ReadonlySet<string>>;
  /** Descriptors that the workspace's lockfile does not have -> the key whose entry they take. */
  readonly added: ReadonlyMap<string, string>;
}

/** yarn.lock of yarn 2 and later: `name@npm:range` -> a locator, workspace packages among them. */
export function openBerryLock(reader: Reader, workspace: Workspace): Lock {
  checkLinker(reader);
  const lock = parseLock(reader.read('yarn.lock') ?? '');
  const index = new Map<string, string>();
  for (const key of Object.keys(lock))
    if (key !== '__metadata') for (const descriptor of key.split(', ')) index.set(descriptor, key);
  return {
    file: 'yarn.lock',
    undeclared: (name) => {
      const keys = [...index].filter(([descriptor]) => nameOf(descriptor) === name).map(([, key]) => key);
      return [...new Set(keys.map((key) => String((lock[key] as Table)['version'])))];
    },
    linkSpec: () => null,
    walk: (importers) => walkDescriptors(lock, index, importers, replacements(reader, workspace)),
    render: (importers, walk) => renderBerryLock(lock, importers, walk as BerryWalk, workspace),
  };
}

/** What stands in the lockfile instead of a range: by `resolutions` of the root, or by a catalog. */
function replacements(
  reader: Reader,
  workspace: Workspace,
): (name: string, range: string) => readonly string[] {
  type Ranges = Readonly<Record<string, string>>;
  const resolutions = Object.entries((workspace.root['resolutions'] ?? {}) as Ranges);
  const settings = (parse(reader.read('.yarnrc.yml') ?? '') ?? {}) as {
    catalog?: Ranges;
    catalogs?: Readonly<Record<string, Ranges>>;
  };
  return (name, range) => {
    // `a/b` and `b@npm:^1` are about b.
    const forced = resolutions.filter(
      ([selector]) => /(?:^|\/)((?:@[^/@]+\/)?[^/@]+)(?:@[^/].*)?$/.exec(selector)?.[1] === name,
    );
    const catalog = /^(?:npm:)?catalog:(.*)$/.exec(range)?.[1];
    const entries = catalog === '' ? settings.catalog : settings.catalogs?.[catalog ?? ''];
    return [...(entries?.[name] === undefined ? [] : [entries[name]]), ...forced.map(([, spec]) => spec)];
  };
}

function checkLinker(reader: Reader): void {
  const settings = (parse(reader.read('.yarnrc.yml') ?? '') ?? {}) as { nodeLinker?: string };
  const linker = settings.nodeLinker ?? 'pnp';
  if (linker === 'pnp')
    throw new LockfileError(
      ".yarnrc.yml: nodeLinker is pnp: Plug'n'Play needs a loader that images do not have. Set nodeLinker: node-modules and run yarn install, or bundle the dependencies (build.dependencies: bundled)",
    );
}

function parseLock(text: string): Table {
  if (/^<{7}/m.test(text)) throw new LockfileError('yarn.lock: has merge conflicts. Run yarn install');
  try {
    return parseSyml(text);
  } catch (error) {
    throw new LockfileError(
      `yarn.lock: cannot be read: ${(error as Error).message.split('\n')[0]}. Run yarn install`,
    );
  }
}

function nameOf(descriptor: string): string {
  return descriptor.slice(0, descriptor.indexOf('@', 1));
}

function walkDescriptors(
  lock: Table,
  index: ReadonlyMap<string, string>,
  importers: ReadonlyMap<string, Importer>,
  replaced: (name: string, range: string) => readonly string[],
): BerryWalk {
  const used = new Map<string, Set<string>>();
  const added = new Map<string, string>();
  const links = new Set<string>();
  const peers = new Map<string, { optional: boolean }>();
  const packages = new Map<string, ReachedPackage>();
  const queue: string[] = [];

  const use = (descriptor: string, key: string) => {
    const known = used.get(key);
    if (known) {
      known.add(descriptor);
      return;
    }
    used.set(key, new Set([descriptor]));
    queue.push(key);
  };
  /** Descriptors that a dependency means: the one with its range, and yarn's own compatibility patch of it. */
  const descriptorsOf = (name: string, asked: string, parent?: string): readonly string[] => {
    const plain = [asked, ...replaced(name, asked)]
      .flatMap((range) => [`${name}@${range}`, `${name}@npm:${range}`, `${name}@${range}::locator=${parent}`])
      .find((descriptor) => index.has(descriptor));
    const range = plain?.slice(name.length + 1) ?? asked;
    const prefix = `${name}@patch:${name}@${encodeURIComponent(range.includes(':') ? range : `npm:${range}`)}#`;
    const patched = [...index.keys()].filter((descriptor) => descriptor.startsWith(prefix));
    return plain === undefined ? patched : [plain, ...patched];
  };
  const reach = (from: string, name: string, range: string, optional: boolean, parent?: string) => {
    const descriptors = descriptorsOf(name, range, parent);
    if (descriptors.length === 0 && !optional)
      throw new LockfileError(
        `yarn.lock: ${from} depends on ${name}@${range}, which is not in it. Run yarn install`,
      );
    for (const descriptor of descriptors) {
      const folder = workspaceFolder(lock[index.get(descriptor)!] as Table);
      if (folder !== null) links.add(folder);
      use(descriptor, index.get(descriptor)!);
      // A patch is made of the package that it is named after.
      const source = /@patch:(.+?)#/.exec(descriptor)?.[1];
      if (source !== undefined) {
        const decoded = decodeURIComponent(source);
        if (index.has(decoded)) use(decoded, index.get(decoded)!);
      }
    }
  };

  for (const {
    folder,
    manifest,
    dependencies,
    optionalDependencies,
    peerDependencies,
  } of importers.values()) {
    const key = index.get(`${manifest.name}@workspace:${folder}`) ?? workspaceKey(lock, folder);
    const path = joinPath(folder, 'package.json');
    if (key === undefined) throw new LockfileError(`yarn.lock: does not know ${path}. Run yarn install`);
    const own = key.split(', ').find((descriptor) => descriptor.endsWith(`@workspace:${folder}`));
    if (own !== undefined) use(own, key);
    const locked = lock[key] as { readonly dependencies?: Table };
    for (const [section, optional] of [[dependencies, false] as const, [optionalDependencies, true] as const])
      for (const [name, spec] of Object.entries(section)) {
        const range = locked.dependencies?.[name];
        if (range === undefined && descriptorsOf(name, spec).length === 0) {
          const source = [...index].find(
            ([descriptor, entry]) =>
              nameOf(descriptor) === name && (lock[entry] as Table)['version'] === spec,
          );
          if (source) {
            added.set(`${name}@npm:${spec}`, source[1]);
            use(`${name}@npm:${spec}`, source[1]);
            continue;
          }
        }
        reach(
          path,
          name,
          String(range ?? spec),
          optional,
          encodeURIComponent(`${manifest.name}@workspace:${folder}`),
        );
      }
    for (const name of Object.keys(peerDependencies)) addPeer(peers, name, isOptionalPeer(manifest, name));
  }
  for (let key = queue.shift(); key !== undefined; key = queue.shift()) {
    const entry = lock[key] as {
      readonly version: string;
      readonly resolution: string;
      readonly dependencies?: Readonly<Record<string, string>>;
      readonly dependenciesMeta?: Readonly<Record<string, { readonly optional?: string }>>;
      readonly peerDependencies?: Table;
      readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: string }>>;
    };
    if (workspaceFolder(entry as unknown as Table) !== null) continue;
    packages.set(key, {
      name: nameOf(entry.resolution),
      version: entry.version,
      dependencies: Object.keys(entry.dependencies ?? {}).sort(),
    });
    for (const [name, range] of Object.entries(entry.dependencies ?? {}))
      reach(key, name, range, entry.dependenciesMeta?.[name]?.optional === 'true');
    for (const name of Object.keys(entry.peerDependencies ?? {}))
      addPeer(peers, name, entry.peerDependenciesMeta?.[name]?.optional === 'true');
  }
  return { packages, links, peers, used, added };
}

function workspaceKey(lock: Table, folder: string): string | undefined {
  return Object.keys(lock).find((key) =>
    key.split(', ').some((descriptor) => descriptor.endsWith(`@workspace:${folder}`)),
  );
}

/** Folder of a workspace package, or null for any other entry. */
function workspaceFolder(entry: Table): string | null {
  return /@workspace:(.+)$/.exec(String(entry['resolution']))?.[1] ?? null;
}

function addPeer(peers: Map<string, { optional: boolean }>, name: string, optional: boolean): void {
  peers.set(name, { optional: optional && (peers.get(name)?.optional ?? true) });
}

function renderBerryLock(
  lock: Table,
  importers: ReadonlyMap<string, Importer>,
  { used, added }: BerryWalk,
  workspace: Workspace,
): RenderedLock {
  const byFolder = new Map([...importers.values()].map((importer) => [importer.folder, importer]));
  const pruned: Record<string, Syml> = { __metadata: lock['__metadata']! };
  const copies = new Set<string>();
  for (const [key, descriptors] of used) {
    const entry = lock[key] as Table;
    const importer = byFolder.get(workspaceFolder(entry) ?? '');
    pruned[[...descriptors].sort().join(', ')] = importer ? workspaceEntry(entry, importer, added) : entry;
    for (const descriptor of descriptors) {
      const file = /#(?:optional!)?~\/(.+?)(?:::.*)?$/.exec(descriptor)?.[1];
      if (file !== undefined) copies.add(file);
      const local = /@file:(?:\.\/)?([^#:]+)/.exec(descriptor)?.[1];
      const parent = decodeURIComponent(/::locator=([^&]+)/.exec(descriptor)?.[1] ?? '');
      if (local !== undefined) copies.add(join(/@workspace:(.+)$/.exec(parent)?.[1] ?? '.', local));
    }
  }
  const folders = [...importers.keys()].filter((folder) => folder !== '.').sort();
  const { resolutions, dependenciesMeta } = workspace.root;
  return {
    files: [{ path: 'yarn.lock', content: stringifySyml(pruned) }],
    copies: [...copies].sort(),
    rootFields: {
      ...(folders.length > 0 ? { workspaces: folders } : {}),
      ...(resolutions ? { resolutions } : {}),
      ...(dependenciesMeta ? { dependenciesMeta } : {}),
    },
    warnings: [],
  };
}

/** A workspace package's entry with the dependencies that its pruned manifest has. */
function workspaceEntry(entry: Table, importer: Importer, added: ReadonlyMap<string, string>): Syml {
  const { dependencies, dependenciesMeta, ...rest } = entry as Readonly<Record<string, Table>>;
  const names = Object.keys({ ...importer.dependencies, ...importer.optionalDependencies });
  const kept: Record<string, Syml> = {};
  for (const name of names) {
    const range = dependencies?.[name];
    const descriptor = `npm:${importer.dependencies[name]}`;
    if (range !== undefined) kept[name] = range;
    else if (added.has(`${name}@${descriptor}`)) kept[name] = descriptor;
  }
  const meta = Object.entries(dependenciesMeta ?? {}).filter(([name]) => name in kept);
  return {
    ...(rest as unknown as Record<string, Syml>),
    ...(Object.keys(kept).length > 0 ? { dependencies: kept } : {}),
    ...(meta.length > 0 ? { dependenciesMeta: Object.fromEntries(meta) } : {}),
  };
}
