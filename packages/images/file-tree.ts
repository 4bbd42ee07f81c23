import { ImageError } from './image-error';
import type { TarEntry } from './tar-reader';

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

/** A folder, or a file packed into one number, so that a million files fit: bytes times `layerLimit`, plus the layer. */
type Folder = Map<string, Folder | number>;
const layerLimit = 1024;
const bytesLimit = Number.MAX_SAFE_INTEGER / layerLimit;

/** Longest path that is followed; the kernel's own limit is 4,096. Deeper ones only occur in hostile archives. */
const longestPath = 16 * 1024;

/** Bytes of memory that the names may take: some seven million files. */
const memoryLimit = 1024 ** 3;

/** What a name costs beside its text, as measured. */
const fileCost = 90;
const folderCost = 400;

/** The file system that a container sees, put together layer by layer as the OCI image specification says. */
export class FileTree {
  /** Files, links and devices of the layer that is being read. */
  filesInLayer = 0;
  private readonly root: Folder = new Map();
  private readonly waste: Waste[] = [];
  private wasted = 0;
  private layer = 0;
  private memory = 0;
  private lastParent = '';
  private lastFolder = this.root;
  /** Other names of a file, by the name that has its bytes. */
  private readonly hardLinks = new Map<string, string[]>();

  /** @param top how many of the largest files and of the largest wasted ones are kept */
  constructor(
    private readonly top: number,
    private readonly limit = memoryLimit,
  ) {}

  /** @param position of the layer, from 1 */
  beginLayer(position: number): void {
    if (position >= layerLimit)
      throw new ImageError(`the image has more than ${layerLimit - 1} layers: refused.`);
    this.layer = position;
    this.filesInLayer = 0;
  }

  /** @throws ImageError where the archive is hostile: an endless path, more names than memory should hold */
  add(entry: TarEntry): void {
    const path = plainPath(entry.name);
    if (path === '') return;
    if (path.length > longestPath)
      throw new ImageError(`an archive holds a path of ${path.length} characters: refused.`);
    const slash = path.lastIndexOf('/');
    const parentPath = slash < 0 ? '' : path.slice(0, slash);
    const name = path.slice(slash + 1);
    if (name.startsWith('.wh.')) return this.whiteout(parentPath, name);
    const parent = this.folderAt(parentPath);
    const old = parent.get(name);
    if (entry.type === '5') {
      if (old === undefined || typeof old === 'number') this.replace(parent, name, path, old, new Map());
      return;
    }
    // A hard link shares the bytes of its target; a symbolic link and a device have none.
    const bytes = '123456'.includes(entry.type) ? 0 : Math.min(entry.size, bytesLimit);
    this.replace(parent, name, path, old, bytes * layerLimit + this.layer);
    if (entry.type === '1') this.link(plainPath(entry.linkName), path);
    this.filesInLayer += 1;
  }

  result(): {
    readonly files: number;
    readonly largest: readonly FileSize[];
    readonly waste: readonly Waste[];
    readonly wasted: number;
  } {
    const largest: FileSize[] = [];
    let files = 0;
    for (const file of walk(this.root)) {
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
  private folderAt(path: string): Folder {
    if (path === this.lastParent) return this.lastFolder;
    let folder = this.root;
    for (let start = 0; path !== '' && start <= path.length;) {
      const slash = path.indexOf('/', start);
      const end = slash < 0 ? path.length : slash;
      const name = path.slice(start, end);
      let next = folder.get(name);
      if (next === undefined || typeof next === 'number') {
        const made: Folder = new Map();
        this.replace(folder, name, path.slice(0, end), next, made);
        next = made;
      }
      folder = next;
      start = end + 1;
    }
    this.lastParent = path;
    this.lastFolder = folder;
    return folder;
  }

  private replace(
    parent: Folder,
    name: string,
    path: string,
    old: Folder | number | undefined,
    value: Folder | number,
  ): void {
    if (old === undefined) {
      this.memory += name.length + (typeof value === 'number' ? fileCost : folderCost);
      if (this.memory > this.limit)
        throw new ImageError(
          `the image has more file names than ${Math.round(this.limit / 1024 ** 2)} MiB of memory hold: refused.`,
        );
      parent.set(ownText(name), value);
      return;
    }
    parent.set(name, value);
    if (typeof old === 'number') return this.lose(path, old, 'overwritten');
    this.lastParent = '\0';
    for (const file of walk(old, path)) this.lose(file.path, pack(file), 'overwritten');
  }

  /** `.wh.<name>` hides a name of earlier layers, `.wh..wh..opq` all names of its folder; aufs' own `.wh..wh.*` name nothing that is there. */
  private whiteout(parentPath: string, name: string): void {
    const parent = this.find(parentPath);
    if (parent === undefined || typeof parent === 'number') return;
    this.lastParent = '\0';
    if (name === '.wh..wh..opq') this.prune(parent, parentPath);
    else this.pruneName(parent, name.slice(4), join(parentPath, name.slice(4)));
  }

  /** Removes what earlier layers put into a folder. What this layer put there stays, in whichever order the archive has them. */
  private prune(folder: Folder, path: string): void {
    for (const name of [...folder.keys()]) this.pruneName(folder, name, join(path, name));
  }

  private pruneName(parent: Folder, name: string, path: string): void {
    const node = parent.get(name);
    if (node === undefined) return;
    if (typeof node !== 'number') {
      this.prune(node, path);
      if (node.size === 0) parent.delete(name);
    } else if (node % layerLimit !== this.layer) {
      parent.delete(name);
      this.lose(path, node, 'deleted');
    }
  }

  /** Bytes that are out of sight, unless another name still shows them. */
  private lose(path: string, file: number, by: Waste['by']): void {
    const names = this.hardLinks.get(path);
    if (names) {
      this.hardLinks.delete(path);
      const heir = names.findIndex((name) => typeof this.find(name) === 'number');
      const name = names[heir];
      if (name !== undefined) {
        this.set(name, file);
        this.hardLinks.set(name, names.slice(heir + 1));
        return;
      }
    }
    const { bytes, layer } = unpack(file);
    this.wasted += bytes;
    if (bytes > 0) keepLargest(this.waste, { path, bytes, layer, by, laterLayer: this.layer }, this.top);
  }

  private link(target: string, path: string): void {
    const names = this.hardLinks.get(target);
    if (names) names.push(path);
    else this.hardLinks.set(target, [path]);
    this.memory += path.length + fileCost;
  }

  private find(path: string): Folder | number | undefined {
    let node: Folder | number | undefined = this.root;
    if (path === '') return node;
    for (const name of path.split('/')) {
      if (node === undefined || typeof node === 'number') return undefined;
      node = node.get(name);
    }
    return node;
  }

  private set(path: string, file: number): void {
    const slash = path.lastIndexOf('/');
    const parent = this.find(slash < 0 ? '' : path.slice(0, slash));
    if (parent !== undefined && typeof parent !== 'number') parent.set(path.slice(slash + 1), file);
  }
}

function pack({ bytes, layer }: Pick<FileSize, 'bytes' | 'layer'>): number {
  return bytes * layerLimit + layer;
}

function unpack(file: number): Pick<FileSize, 'bytes' | 'layer'> {
  return { bytes: Math.floor(file / layerLimit), layer: file % layerLimit };
}

function* walk(folder: Folder, path = ''): Generator<FileSize> {
  const stack: (readonly [Folder, string])[] = [[folder, path]];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [at, where] = next;
    for (const [name, child] of at) {
      if (typeof child === 'number') yield { path: join(where, name), ...unpack(child) };
      else stack.push([child, join(where, name)]);
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
  return b.bytes - a.bytes || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.layer - b.layer);
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** V8 makes a long part of a text a view that keeps the whole text in memory: a copy does not. */
function ownText(name: string): string {
  return name.length < 13 ? name : Buffer.from(name).toString();
}

/** Without leading `./` and `/`, without trailing and doubled slashes. Never a path to write to. */
export function plainPath(name: string): string {
  let start = 0;
  while (
    name[start] === '/' ||
    (name[start] === '.' && (name[start + 1] === '/' || name.length === start + 1))
  )
    start += 1;
  let end = name.length;
  while (end > start && name[end - 1] === '/') end -= 1;
  const path = name.slice(start, end);
  return path.includes('//') ? path.replace(/\/{2,}/g, '/') : path;
}
