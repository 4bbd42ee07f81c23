import { parse, stringify } from 'yaml';
import type { RenderedLock } from '../lock';
import { sortKeys, type Importer } from '../manifest';
import type { PrunedFile, Reader } from '../types';
import type { Workspace } from '../workspace';
import { dropUndefined, packageKey, type PnpmImporter, type PnpmLockfile, type PnpmWalk } from './pnpm-lock';

type Table = Readonly<Record<string, unknown>>;

/** The pruned lockfile, and the settings it was made with: pnpm refuses a frozen installation where the two differ. */
export function renderPnpmLock(
  lock: PnpmLockfile,
  importers: ReadonlyMap<string, Importer>,
  walk: PnpmWalk,
  reader: Reader,
  workspace: Workspace,
): RenderedLock {
  const names = new Set([...walk.packages.values()].map(({ name }) => name));
  const ids = new Set([...walk.snapshots.keys()].map(packageKey));
  const used = usedCatalogs(walk.importers);
  const keepOverride = (selector: string, value: unknown) => value === '-' || names.has(overridden(selector));
  const keepPatch = (selector: string) => {
    const at = selector.indexOf('@', 1);
    return names.has(at === -1 ? selector : selector.slice(0, at));
  };

  const snapshots: Record<string, unknown> = {};
  for (const [key, { optional }] of walk.snapshots) {
    const { optional: _old, ...snapshot } = lock.snapshots![key]!;
    snapshots[key] = optional ? { ...snapshot, optional: true } : snapshot;
  }
  const catalogs = Object.entries(lock.catalogs ?? {}).map(
    ([catalog, entries]) => [catalog, pick(entries, (name) => used.has(`${catalog}\0${name}`))] as const,
  );
  const text = stringify(
    dropUndefined({
      ...lock,
      catalogs: nonEmpty(Object.fromEntries(catalogs.filter(([, entries]) => entries !== undefined))),
      overrides: pick(lock.overrides, keepOverride),
      patchedDependencies: pick(lock.patchedDependencies, keepPatch),
      // pnpm wants an entry for the root even where it has no dependencies.
      importers: sortKeys({ '.': {}, ...walk.importers }),
      packages: nonEmpty(sortKeys(pick(lock.packages, (id) => ids.has(id)) ?? {})),
      snapshots: nonEmpty(sortKeys(snapshots)),
      // Publication dates of versions, by package: only a resolution looks at them.
      time: undefined,
    }),
    { lineWidth: 0, aliasDuplicateObjects: false },
  );

  const copies: string[] = [];
  for (const id of ids) {
    const { type, directory, tarball } = lock.packages?.[id]?.resolution ?? {};
    if (type === 'directory' && directory !== undefined) copies.push(directory);
    if (tarball?.startsWith('file:')) copies.push(tarball.slice('file:'.length));
  }

  const adjust = (settings: Table): Table => {
    const overrides = pick(settings['overrides'] as Table | undefined, keepOverride);
    const patches = pick(settings['patchedDependencies'] as Table | undefined, keepPatch);
    copies.push(...Object.values(patches ?? {}).map(String));
    return dropUndefined({
      ...settings,
      // The lockfile has them with their `$name` references replaced.
      overrides: overrides && { ...overrides, ...pick(lock.overrides, (selector) => selector in overrides) },
      patchedDependencies: patches,
    });
  };
  const files: PrunedFile[] = [{ path: 'pnpm-lock.yaml', content: text }];
  const settings = (parse(reader.read('pnpm-workspace.yaml') ?? '') ?? {}) as Table;
  const folders = [...importers.keys()].filter((folder) => folder !== '.' && walk.importers[folder]).sort();
  const kept = dropUndefined({
    ...adjust(settings),
    packages: folders.length > 0 ? folders : undefined,
    catalog: pick(settings['catalog'] as Table | undefined, (name) => used.has(`default\0${name}`)),
    catalogs: pickCatalogs(settings['catalogs'] as Readonly<Record<string, Table>> | undefined, used),
  });
  if (Object.keys(kept).length > 0)
    files.push({
      path: 'pnpm-workspace.yaml',
      content: stringify(sortKeys(withoutCredentials(kept)), { lineWidth: 0 }),
    });
  const hooks = ['.pnpmfile.cjs', '.pnpmfile.mjs'].filter((file) => reader.exists(file));
  const fields = workspace.root['pnpm'] as Table | undefined;
  return {
    files,
    copies: [...new Set([...copies, ...hooks])],
    rootFields: fields ? { pnpm: adjust(fields) } : {},
    warnings: [],
  };
}

/** The package that an override is about: `b` of `a@1>b@2`. */
function overridden(selector: string): string {
  const last = selector.slice(selector.lastIndexOf('>') + 1).trim();
  const at = last.indexOf('@', 1);
  return at === -1 ? last : last.slice(0, at);
}

function usedCatalogs(importers: Readonly<Record<string, PnpmImporter>>): ReadonlySet<string> {
  const used = new Set<string>();
  for (const { dependencies, optionalDependencies } of Object.values(importers))
    for (const [name, { specifier }] of Object.entries({ ...dependencies, ...optionalDependencies }))
      if (specifier.startsWith('catalog:'))
        used.add(`${specifier.slice('catalog:'.length) || 'default'}\0${name}`);
  return used;
}

function pickCatalogs(
  catalogs: Readonly<Record<string, Table>> | undefined,
  used: ReadonlySet<string>,
): Table | undefined {
  const kept = Object.entries(catalogs ?? {}).flatMap(([catalog, entries]) => {
    const picked = pick(entries, (name) => used.has(`${catalog}\0${name}`));
    return picked ? [[catalog, picked] as const] : [];
  });
  return nonEmpty(Object.fromEntries(kept));
}

function pick<T>(
  table: Readonly<Record<string, T>> | undefined,
  keep: (key: string, value: T) => boolean,
): Readonly<Record<string, T>> | undefined {
  return nonEmpty(Object.fromEntries(Object.entries(table ?? {}).filter(([key, value]) => keep(key, value))));
}

function nonEmpty<T extends object>(table: T): T | undefined {
  return Object.keys(table).length > 0 ? table : undefined;
}

function withoutCredentials(settings: Table): Table {
  return Object.fromEntries(
    Object.entries(settings).filter(([key]) => !/auth|token|password|secret/i.test(key)),
  );
}
