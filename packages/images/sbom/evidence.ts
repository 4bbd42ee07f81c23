import type { FileKind } from './file-kinds';
import type { ProgramFacts } from './program-reader';

/** What a file that the container sees says about packages. */
export interface Evidence {
  readonly kind: FileKind;
  /** Digest of the layer's blob. */
  readonly layer: string;
  /** Position of the layer, from 1. */
  readonly position: number;
  /** Text of the file, for the kinds that are read whole. */
  readonly text?: string;
  readonly program?: ProgramFacts;
  /** Packages that a bundle names, by name; null: the version is not said. */
  readonly bundled?: ReadonlyMap<string, string | null>;
  /** Why the file could not be read. */
  readonly unread?: string;
}

/** Evidence by path, as layers replace and delete files. Earlier states of package databases are kept: they say which layer brought a package. */
export class EvidenceMap {
  readonly files = new Map<string, Evidence>();
  /** States of the file in earlier layers, oldest first. */
  readonly history = new Map<string, Evidence[]>();
  private readonly folders = new Set<string>();

  add(path: string, evidence: Evidence): void {
    this.files.set(path, evidence);
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const folder = path.slice(0, slash);
      if (this.folders.has(folder)) break;
      this.folders.add(folder);
    }
  }

  /** Another file takes the place of what is there, a folder and all that is in it included. */
  replace(path: string): void {
    const before = this.files.get(path);
    if (before !== undefined && isDatabase(before.kind))
      this.history.set(path, [...(this.history.get(path) ?? []), before]);
    this.files.delete(path);
    if (this.folders.has(path)) this.removeBelow(path, Infinity);
  }

  /** A whiteout of a layer hides what earlier layers have under this path. */
  hide(path: string, position: number): void {
    const own = this.files.get(path);
    if (own && own.position < position) this.files.delete(path);
    this.removeBelow(path, position);
  }

  /** Takes away what layers before `position` have in a folder; the empty text is the root. */
  removeBelow(folder: string, position: number): void {
    const prefix = folder === '' ? '' : `${folder}/`;
    if (folder !== '' && !this.folders.has(folder)) return;
    for (const [path, evidence] of this.files)
      if (path.startsWith(prefix) && evidence.position < position) this.files.delete(path);
  }
}

/** Whether a file lists all packages of a manager, so that every layer that changes one writes it anew. */
export function isDatabase(kind: FileKind): boolean {
  return kind === 'dpkg-status' || kind === 'apk-installed';
}
