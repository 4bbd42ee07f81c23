import type { Place } from '../manifest';
import type { Path } from '../problem';
import type { SourceDocument } from './parse-documents';

/** Keys by which the entry of a list is known again in the file that it comes from. */
const entryKeys = [
  'name',
  'mountPath',
  'containerPort',
  'port',
  'topologyKey',
  'type',
  'key',
  'host',
  'path',
];

/** Finds the place in the sources that a part of a rendered object comes from. */
export type Trace = (rendered: unknown, path: Path) => Place;

/**
 * @param sources documents that the object may come from, those of the overlay last: what they say comes first
 * @param fallback where the object is made, if it is in none of the files (a generator of Kustomize)
 */
export function traceTo(sources: readonly SourceDocument[], fallback: Place): Trace {
  const byKind = new Map<string, SourceDocument[]>();
  for (const source of sources) {
    const kind = kindOf(source.value);
    byKind.set(kind, [...(byKind.get(kind) ?? []), source]);
  }
  return (rendered, path) => {
    const name = nameOf(rendered);
    let best: { place: Place; depth: number } | null = null;
    for (const source of byKind.get(kindOf(rendered)) ?? []) {
      if (!isSameName(nameOf(source.value), name)) continue;
      const { line, depth } = source.locate(pathInSource(rendered, source.value, path));
      if (best === null || depth >= best.depth) best = { place: { file: source.file, line }, depth };
    }
    return best?.place ?? fallback;
  };
}

/** Kustomize may put a prefix or a suffix, such as the hash of a ConfigMap, to a name. */
function isSameName(source: string, rendered: string): boolean {
  return (
    source !== '' &&
    (source === rendered || rendered.startsWith(`${source}-`) || rendered.endsWith(`-${source}`))
  );
}

/** The same path with the places that entries of lists have in the source. */
function pathInSource(rendered: unknown, source: unknown, path: Path): Path {
  let [there, here]: unknown[] = [rendered, source];
  return path.map((key) => {
    const entry = child(there, key);
    const at = typeof key === 'number' && Array.isArray(here) ? placeOfEntry(here, entry, key) : key;
    [there, here] = [entry, child(here, at)];
    return at;
  });
}

function placeOfEntry(list: readonly unknown[], entry: unknown, at: number): number {
  const key = entryKeys.find((one) => child(entry, one) !== undefined);
  const place = list.findIndex((one) =>
    key === undefined ? one === entry : child(one, key) === child(entry, key),
  );
  // What the source does not have lies behind its end: the line of the list itself is told.
  if (place >= 0) return place;
  return key === undefined && typeof entry === 'object' ? at : list.length;
}

function child(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

function kindOf(value: unknown): string {
  return `${String(child(value, 'apiVersion')).split('/')[0]} ${String(child(value, 'kind'))}`;
}

function nameOf(value: unknown): string {
  return String(child(child(value, 'metadata'), 'name') ?? '');
}
