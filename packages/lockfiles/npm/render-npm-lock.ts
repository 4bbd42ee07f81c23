import { sectionsOf, toJson, type Importer } from '../manifest';
import type { PrunedFile } from '../types';
import type { NpmEdge, NpmEntry, NpmWalk } from './npm-lock';

/** Marks of an entry that say how it is reached: they are worked out again, since less reaches it now. */
const marks = ['dev', 'devOptional', 'optional', 'peer', 'extraneous'];

/** npm's own order of keys. */
const firstKeys = ['name', 'version', 'lockfileVersion', 'resolved', 'integrity', 'requires', 'packages'];

export function renderNpmLock(
  packages: Readonly<Record<string, NpmEntry>>,
  importers: ReadonlyMap<string, Importer>,
  { kept, edges }: NpmWalk,
): { files: readonly PrunedFile[]; copies: readonly string[]; warnings: readonly string[] } {
  const required = reachedBy(edges, ({ optional }) => !optional);
  const withoutPeers = reachedBy(edges, ({ peer }) => !peer);
  const folders = [...importers.keys()].filter((folder) => folder !== '.').sort();
  const root = importers.get('.')!;
  const tree: Record<string, unknown> = {
    '': withName(root, { workspaces: folders.length > 0 ? folders : undefined, ...sectionsOf(root) }),
  };
  const copies: string[] = [];
  for (const location of [...kept].sort(byLocale)) {
    const entry = packages[location]!;
    const importer = importers.get(location);
    if (location === '') continue;
    if (importer) {
      const { peerDependenciesMeta } = importer.manifest;
      tree[location] = withName(importer, { ...sectionsOf(importer), peerDependenciesMeta });
      continue;
    }
    const rest = Object.fromEntries(Object.entries(entry).filter(([key]) => !marks.includes(key)));
    if (!required.has(location)) rest['optional'] = true;
    if (!withoutPeers.has(location)) rest['peer'] = true;
    tree[location] = sortLikeNpm(rest);
    if (!entry.link && entry.resolved?.startsWith('file:')) copies.push(entry.resolved.slice('file:'.length));
  }
  const { name, version } = root.manifest;
  const lock = { name, version, lockfileVersion: 3, requires: true, packages: tree };
  return { files: [{ path: 'package-lock.json', content: toJson(lock) }], copies, warnings: [] };
}

/** Locations that chains of edges of one kind reach from the root and its workspace packages. */
function reachedBy(edges: readonly NpmEdge[], follows: (edge: NpmEdge) => boolean): ReadonlySet<string> {
  const targets = new Map<string, string[]>();
  for (const edge of edges)
    if (follows(edge)) targets.set(edge.from, [...(targets.get(edge.from) ?? []), edge.to]);
  const reached = new Set(['']);
  // A set grows while it is iterated, so this is the whole closure.
  for (const location of reached) for (const target of targets.get(location) ?? []) reached.add(target);
  return reached;
}

function withName(
  { manifest: { name, version } }: Importer,
  rest: Record<string, unknown>,
): Record<string, unknown> {
  return sortLikeNpm({ name, version, ...rest });
}

function sortLikeNpm(entry: Record<string, unknown>): Record<string, unknown> {
  const rank = (key: string) => (firstKeys.includes(key) ? firstKeys.indexOf(key) : firstKeys.length);
  const keys = Object.keys(entry).filter((key) => entry[key] !== undefined);
  keys.sort((a, b) => rank(a) - rank(b) || byLocale(a, b));
  return Object.fromEntries(keys.map((key) => [key, entry[key]]));
}

function byLocale(a: string, b: string): number {
  return a.localeCompare(b, 'en');
}
