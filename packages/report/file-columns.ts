/** A file of an image, as `analyseImage` lists it. */
export interface ListedFile {
  /** Without leading slash. */
  readonly path: string;
  readonly bytes: number;
  /** Position of the layer, from 1. */
  readonly layer: number;
}

/**
 * All files of an image as three columns, the tree in preorder with the largest first: what deflate shrinks to some ten bytes a file.
 * The first row is the root, whose name is empty.
 */
export interface FileColumns {
  readonly names: readonly string[];
  /** Bytes of a file; number of entries of a folder. */
  readonly sizes: readonly number[];
  /** Position of a file's layer, from 1; 0 for a folder. */
  readonly layers: readonly number[];
}

/** Below that many folders the rest of a path is one name. Only hostile archives go deeper. */
const deepest = 64;

interface Folder {
  bytes: number;
  readonly entries: Map<string, Folder | ListedFile>;
}

/** Puts a list of files, each path once, into columns. The same list in another order gives the same columns. */
export function encodeFiles(files: readonly ListedFile[]): FileColumns {
  const root: Folder = { bytes: 0, entries: new Map() };
  for (const file of files) {
    let folder = root;
    folder.bytes += file.bytes;
    const parts = partsOf(file.path);
    for (const part of parts.slice(0, -1)) {
      let next = folder.entries.get(part);
      if (next === undefined || !('entries' in next)) {
        next = { bytes: 0, entries: new Map() };
        folder.entries.set(part, next);
      }
      folder = next;
      folder.bytes += file.bytes;
    }
    folder.entries.set(parts.at(-1)!, file);
  }
  const columns = { names: [] as string[], sizes: [] as number[], layers: [] as number[] };
  write('', root, columns);
  return columns;
}

function partsOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.length <= deepest ? parts : [...parts.slice(0, deepest), parts.slice(deepest).join('/')];
}

function write(
  name: string,
  entry: Folder | ListedFile,
  columns: { names: string[]; sizes: number[]; layers: number[] },
): void {
  columns.names.push(name);
  if (!('entries' in entry)) {
    columns.sizes.push(entry.bytes);
    columns.layers.push(entry.layer);
    return;
  }
  columns.sizes.push(entry.entries.size);
  columns.layers.push(0);
  const sorted = [...entry.entries].sort(([a, { bytes: x }], [b, { bytes: y }]) => y - x || (a < b ? -1 : 1));
  for (const [inner, child] of sorted) write(inner, child, columns);
}
