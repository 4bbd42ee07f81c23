import { ImageError } from './image-error';
import { readLayer } from './layer-bytes';
import type { Layout, LayoutImage } from './layout';
import { layerInstructions } from './record';
import { TarReader, type TarEntry } from './tar-reader';

export interface LayerSize {
  readonly digest: string;
  /** Instruction that made the layer, or the empty text where the image does not say. */
  readonly instruction: string;
  /** Bytes of the blob. */
  readonly compressed: number;
  /** Bytes of the unpacked archive. */
  readonly uncompressed: number;
  /** Number of files, links and devices; folders do not count. */
  readonly files: number;
}

export interface FileSize {
  readonly path: string;
  readonly bytes: number;
  /** Position of the layer, from 1. */
  readonly layer: number;
}

/** Bytes that a layer carries in vain: the file is overwritten or deleted by a later layer. */
export interface Waste extends FileSize {
  readonly by: 'overwritten' | 'deleted';
  /** Position of the later layer, from 1. */
  readonly laterLayer: number;
}

export interface SizeAnalysis {
  readonly layers: readonly LayerSize[];
  readonly compressed: number;
  readonly uncompressed: number;
  /** Files that the container sees. */
  readonly files: number;
  /** Largest files that the container sees, largest first. */
  readonly largest: readonly FileSize[];
  /** Largest wasted files, largest first. */
  readonly waste: readonly Waste[];
  readonly wasted: number;
}

/** A node of the merged file system. `bytes` is -1 for a folder. */
interface Node {
  bytes: number;
  layer: number;
  children: Map<string, Node> | null;
}

/**
 * Reads every layer once, as a stream, and says what the image's bytes are. Memory grows with the number of paths, not with their bytes.
 * @param top how many of the largest files and of the largest wasted ones are named
 * @throws ImageError where a layer is damaged
 */
export async function analyseImage(layout: Layout, image: LayoutImage, top: number): Promise<SizeAnalysis> {
  const tree = new FileTree(top);
  const instructions = layerInstructions(image.config.history, image.manifest.layers.length);
  const layers: LayerSize[] = [];
  for (const [at, layer] of image.manifest.layers.entries()) {
    tree.beginLayer(at + 1);
    const reader = new TarReader(
      { entry: (entry) => tree.add(entry) },
      `${layout.folder}: layer ${layer.digest}`,
    );
    const uncompressed = await readLayer(layout.folder, layer, (chunk) => reader.write(chunk));
    reader.finish();
    layers.push({
      digest: layer.digest,
      instruction: instructions[at] ?? '',
      compressed: layer.size,
      uncompressed,
      files: tree.filesInLayer,
    });
  }
  return {
    layers,
    compressed: layers.reduce((sum, layer) => sum + layer.compressed, 0),
    uncompressed: layers.reduce((sum, layer) => sum + layer.uncompressed, 0),
    ...tree.result(),
  };
}

/** Longest path that is followed; the kernel's own limit is 4,096. Deeper ones only occur in hostile archives. */
const longestPath = 16 * 1024;

class FileTree {
  filesInLayer = 0;
  private readonly root: Node = folder(0);
  private readonly waste: Waste[] = [];
  private wasted = 0;
  private layer = 0;
  private lastParent = '';
  private lastFolder: Node = this.root;

  constructor(private readonly top: number) {}

  beginLayer(position: number): void {
    this.layer = position;
    this.filesInLayer = 0;
  }

  add(entry: TarEntry): void {
    const path = plainPath(entry.name);
    if (path === '') return;
    if (path.length > longestPath)
      throw new ImageError(`an archive holds a path of ${path.length} characters: refused.`);
    const slash = path.lastIndexOf('/');
    const parentPath = slash < 0 ? '' : path.slice(0, slash);
    const name = path.slice(slash + 1);
    const parent = this.folderAt(parentPath);
    if (name === '.wh..wh..opq') return this.clear(parent, parentPath);
    if (name.startsWith('.wh.')) return this.remove(parent, name.slice(4), path);
    const old = parent.children?.get(name);
    if (entry.type === '5') {
      if (old?.children) return;
      if (old) this.lose(old, path, 'overwritten');
      parent.children?.set(name, folder(this.layer));
      this.lastParent = '\0';
      return;
    }
    if (old) this.lose(old, path, 'overwritten');
    // A hard link shares the bytes of its target, a symbolic link has none.
    parent.children?.set(name, {
      bytes: '0' === entry.type || entry.type === '7' ? entry.size : 0,
      layer: this.layer,
      children: null,
    });
    this.filesInLayer += 1;
  }

  result(): Pick<SizeAnalysis, 'files' | 'largest' | 'waste' | 'wasted'> {
    const largest: FileSize[] = [];
    let files = 0;
    for (const file of walk(this.root, '')) {
      files += 1;
      keepLargest(largest, file, this.top);
    }
    return {
      files,
      largest: largest.sort(byBytes).slice(0, this.top),
      waste: [...this.waste].sort(byBytes).slice(0, this.top),
      wasted: this.wasted,
    };
  }

  /** Entries of one folder mostly follow each other: the last one is remembered. */
  private folderAt(path: string): Node {
    if (path === this.lastParent) return this.lastFolder;
    let node = this.root;
    if (path !== '') {
      for (const name of path.split('/')) {
        let next = node.children?.get(name);
        if (!next?.children) {
          if (next) this.lose(next, path, 'overwritten');
          next = folder(this.layer);
          node.children?.set(name, next);
        }
        node = next;
      }
    }
    this.lastParent = path;
    this.lastFolder = node;
    return node;
  }

  private remove(parent: Node, name: string, path: string): void {
    const node = parent.children?.get(name);
    if (!node) return;
    parent.children?.delete(name);
    this.lose(node, path.replace(/\.wh\.([^/]*)$/, '$1'), 'deleted');
  }

  /** An opaque folder hides what earlier layers put there, not what this one does. */
  private clear(parent: Node, path: string): void {
    for (const [name, node] of [...(parent.children ?? [])]) {
      if (node.layer === this.layer) continue;
      parent.children?.delete(name);
      this.lose(node, path ? `${path}/${name}` : name, 'deleted');
    }
  }

  private lose(node: Node, path: string, by: Waste['by']): void {
    this.lastParent = '\0';
    const lost = node.children ? walk(node, path) : [{ path, bytes: node.bytes, layer: node.layer }];
    for (const file of lost) {
      // Overwritten within one layer: the archive holds it twice, but no later layer is to blame.
      if (file.layer === this.layer && by === 'deleted') continue;
      this.wasted += file.bytes;
      if (file.bytes > 0) keepLargest(this.waste, { ...file, by, laterLayer: this.layer }, this.top);
    }
  }
}

function folder(layer: number): Node {
  return { bytes: -1, layer, children: new Map() };
}

function* walk(node: Node, path: string): Generator<FileSize> {
  const stack: (readonly [Node, string])[] = [[node, path]];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [at, where] = next;
    for (const [name, child] of at.children ?? []) {
      const full = where ? `${where}/${name}` : name;
      if (child.children) stack.push([child, full]);
      else yield { path: full, bytes: child.bytes, layer: child.layer };
    }
  }
}

/** Keeps a short list of the largest: sorted now and then, never longer than a few times `top`. */
function keepLargest<T extends FileSize>(list: T[], file: T, top: number): void {
  list.push(file);
  if (list.length > Math.max(64, top * 4)) {
    list.sort(byBytes);
    list.length = top;
  }
}

/** Largest first; the same order for the same image where sizes are equal. */
function byBytes(a: FileSize, b: FileSize): number {
  return b.bytes - a.bytes || (a.path < b.path ? -1 : 1);
}

function plainPath(name: string): string {
  return name
    .replace(/^(?:\.?\/+)+/, '')
    .replace(/\/+$/, '')
    .replace(/^\.$/, '');
}
