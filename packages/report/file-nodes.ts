import type { FileColumns } from './file-columns';

/** A file or folder of an image, or a layer of it; what the treemap shows. */
export interface FileNode {
  readonly name: string;
  readonly parent: FileNode | null;
  /** Largest first. Null for a file. */
  readonly children: FileNode[] | null;
  bytes: number;
  /** Files below, itself included. */
  files: number;
  /** Position of the layer, from 1; for a folder the one that most of its bytes are from. */
  layer: number;
  /** Why the bytes of a file are out of sight. */
  readonly wasted?: string;
}

/** A file that a later layer overwrites or deletes: path, bytes, layer, later layer, how. */
export type WastedRow = readonly [path: string, bytes: number, layer: number, later: number, by: string];

/** The tree that `encodeFiles` put into columns. */
export function decodeFiles({ names, sizes, layers }: FileColumns): FileNode {
  let row = 0;
  const read = (parent: FileNode | null): FileNode => {
    const at = row;
    row += 1;
    const [name, size, layer] = [names[at]!, sizes[at]!, layers[at]!];
    if (layer > 0) return { name, parent, children: null, bytes: size, files: 1, layer };
    const folder = folderNode(name, parent);
    for (let left = size; left > 0; left -= 1) folder.children!.push(read(folder));
    sum(folder);
    return folder;
  };
  return read(null);
}

/**
 * The same files by the layer that they are in, each layer with its own folders, with what later layers hide.
 * @param titles of the layers, the first one's first
 */
export function splitByLayer(
  root: FileNode,
  titles: readonly string[],
  wasted: readonly WastedRow[],
): FileNode {
  const top = folderNode('', null);
  const layers = top.children!;
  for (const [at, title] of titles.entries()) {
    const layer = folderNode(title, top);
    layer.layer = at + 1;
    layers.push(layer);
  }
  // Folders are made by need: a layer has only those that hold something of it.
  const copy = (from: FileNode, folderOf: (layer: number) => FileNode | undefined): void => {
    const made = new Map<number, FileNode>();
    const within = (layer: number): FileNode | undefined => {
      const known = made.get(layer);
      if (known) return known;
      const parent = folderOf(layer);
      if (!parent) return undefined;
      const folder = folderNode(from.name, parent);
      parent.children!.push(folder);
      made.set(layer, folder);
      return folder;
    };
    if (from.children) for (const child of from.children) copy(child, within);
    else {
      const parent = folderOf(from.layer);
      parent?.children!.push({ ...from, parent });
    }
  };
  for (const child of root.children!) copy(child, (layer) => layers[layer - 1]);
  for (const row of wasted) addWasted(layers[row[2] - 1], row);
  sumAll(top);
  return top;
}

function addWasted(layer: FileNode | undefined, [path, bytes, position, later, by]: WastedRow): void {
  if (!layer) return;
  const parts = path.split('/');
  const name = parts.pop()!;
  let folder = layer;
  for (const part of parts) {
    let next = folder.children!.find((child) => child.name === part && child.children !== null);
    if (!next) {
      next = folderNode(part, folder);
      folder.children!.push(next);
    }
    folder = next;
  }
  const wasted = `${by} by layer ${later}`;
  folder.children!.push({ name, parent: folder, children: null, bytes, files: 1, layer: position, wasted });
}

function sumAll(node: FileNode): void {
  if (!node.children) return;
  for (const child of node.children) sumAll(child);
  node.children.sort((a, b) => b.bytes - a.bytes);
  const { layer } = node;
  sum(node);
  if (node.children.length === 0) node.layer = layer;
}

/** Adds up the entries of a folder. */
function sum(folder: FileNode): void {
  const byLayer = new Map<number, number>();
  folder.bytes = 0;
  folder.files = 0;
  for (const { bytes, files, layer } of folder.children!) {
    folder.bytes += bytes;
    folder.files += files;
    byLayer.set(layer, (byLayer.get(layer) ?? 0) + bytes);
  }
  let most = -1;
  for (const [layer, bytes] of byLayer)
    if (bytes > most) {
      most = bytes;
      folder.layer = layer;
    }
}

/** A folder that holds nothing yet. */
export function folderNode(name: string, parent: FileNode | null): FileNode {
  return { name, parent, children: [], bytes: 0, files: 0, layer: 0 };
}

/** Names from the root, which is left out, to the node. */
export function namesTo(node: FileNode): readonly string[] {
  const names: string[] = [];
  for (let at: FileNode | null = node; at?.parent; at = at.parent) names.unshift(at.name);
  return names;
}
