import { createHash, type Hash } from 'node:crypto';
import type { LayerObserver } from './analyse';
import type { Descriptor } from './descriptor';
import { plainPath, type FileSize } from './file-tree';
import type { TarEntry } from './tar-reader';

/** Files of one content that the container sees several times. */
export interface Duplicate {
  /** Of one copy. */
  readonly bytes: number;
  /** Sorted. Hard links are one file and count once. */
  readonly paths: readonly string[];
  /** Bytes of all copies but one. */
  readonly wasted: number;
}

export interface Duplicates {
  /** What the copies of all groups take beside the first of each. */
  readonly wasted: number;
  /** The most wasteful first. */
  readonly groups: readonly Duplicate[];
}

/** Smaller files take a block on disk anyway: sharing them would save little. */
const smallest = 4096;

/** Files that are remembered; some 200 bytes each. What comes later in a hostile image is not compared. */
const mostFiles = 500_000;

/** Remembers the content of files while the layers of one image pass by. */
export class DuplicateFinder implements LayerObserver {
  private readonly contents = new Map<string, { readonly layer: number; readonly hash: string }>();
  private position = 0;
  private path = '';
  private hash: Hash | null = null;

  beginLayer(_: Descriptor, position: number): void {
    this.position = position;
  }

  entry({ name, type, size }: TarEntry): boolean {
    if ((type !== '0' && type !== '7') || size < smallest || this.contents.size >= mostFiles) return false;
    this.path = plainPath(name);
    this.hash = createHash('sha256');
    return true;
  }

  body(chunk: Buffer): void {
    this.hash?.update(chunk);
  }

  end(): void {
    if (this.hash === null) return;
    this.contents.set(this.path, { layer: this.position, hash: this.hash.digest('base64') });
    this.hash = null;
  }

  pending(): undefined {
    return undefined;
  }

  /** @param visible files that the container sees: others are waste already */
  among(visible: readonly FileSize[]): Duplicates {
    const groups = new Map<string, { readonly bytes: number; readonly paths: string[] }>();
    for (const { path, bytes, layer } of visible) {
      const known = this.contents.get(path);
      if (known?.layer !== layer) continue;
      const group = groups.get(known.hash);
      if (group) group.paths.push(path);
      else groups.set(known.hash, { bytes, paths: [path] });
    }
    const found = [...groups.values()]
      .filter(({ paths }) => paths.length > 1)
      .map(({ bytes, paths }) => ({ bytes, paths: paths.sort(), wasted: bytes * (paths.length - 1) }))
      .sort((a, b) => b.wasted - a.wasted || (a.paths[0]! < b.paths[0]! ? -1 : 1));
    return { wasted: found.reduce((sum, { wasted }) => sum + wasted, 0), groups: found };
  }
}
