import { posix } from 'node:path';
import type { LayerObserver } from '../analyse';
import type { Descriptor } from '../descriptor';
import { plainPath } from '../file-tree';
import type { TarEntry } from '../tar-reader';
import { BundleReader } from './bundle';
import { EvidenceMap } from './evidence';
import { kindOf, longestFile, type FileKind } from './file-kinds';
import { ProgramReader } from './program-reader';

/** Bytes from which on a script is taken for a possible bundle; by hand one seldom grows that large. */
const largeScript = 20_000;

/** The file that is passing by. */
interface Current {
  readonly path: string;
  readonly kind: FileKind;
  readonly size: number;
  readonly reader: ProgramReader | BundleReader | null;
  readonly parts: Buffer[];
}

/** Collects what files say about packages while the layers of one image pass by. Holds the texts of package databases and manifests. */
export class PackageObserver implements LayerObserver {
  readonly evidence = new EvidenceMap();
  /** Targets of links in `node_modules`, by the path of the link. */
  readonly packageLinks = new Map<string, string>();
  /** Kinds by the paths of files that were wanted under another name only: a hard link has no body. */
  readonly wanted = new Map<string, FileKind>();
  private layer = '';
  private position = 0;
  private current: Current | null = null;

  /** @param known files that are read for the sake of their other names, with their kinds */
  constructor(private readonly known: ReadonlyMap<string, FileKind> = new Map()) {}

  beginLayer(layer: Descriptor, position: number): void {
    this.layer = layer.digest;
    this.position = position;
  }

  entry(entry: TarEntry): boolean {
    const path = plainPath(entry.name);
    if (path === '' || entry.type === '5') return false;
    const slash = path.lastIndexOf('/');
    const name = path.slice(slash + 1);
    const folder = path.slice(0, Math.max(0, slash));
    if (name.startsWith('.wh.')) {
      if (name === '.wh..wh..opq') this.evidence.removeBelow(folder, this.position);
      else if (!name.startsWith('.wh..wh.'))
        this.evidence.hide(posix.join(folder, name.slice(4)), this.position);
      return false;
    }
    this.evidence.replace(path);
    this.packageLinks.delete(path);
    if (entry.type === '1') this.link(path, plainPath(entry.linkName));
    if (entry.type === '2' && path.includes('node_modules/'))
      this.packageLinks.set(path, posix.join(folder, entry.linkName));
    return (entry.type === '0' || entry.type === '7') && entry.size > 0 && this.begin(path, entry.size);
  }

  body(chunk: Buffer): void {
    if (this.current?.reader) this.current.reader.write(chunk);
    else this.current?.parts.push(Buffer.from(chunk));
  }

  end(): void {
    const { path, kind, size, reader, parts } = this.current!;
    this.current = null;
    const found = { kind, layer: this.layer, position: this.position };
    if (reader instanceof ProgramReader) {
      const program = reader.end();
      if (program !== null) this.evidence.add(path, { ...found, program });
    } else if (reader !== null) {
      reader.end();
      if (reader.packages.size > 0 || size >= largeScript)
        this.evidence.add(path, { ...found, bundled: reader.packages });
    } else this.evidence.add(path, { ...found, text: Buffer.concat(parts).toString('utf8') });
  }

  pending(): undefined {
    return undefined;
  }

  private begin(path: string, size: number): boolean {
    const kind = this.known.get(path) ?? kindOf(path);
    const longest = longestFile[kind];
    if (longest !== null && size > longest) {
      const unread = `has ${size} bytes, more than the ${longest} that are read`;
      this.evidence.add(path, { kind, layer: this.layer, position: this.position, unread });
      return false;
    }
    const reader =
      kind === 'program' ? new ProgramReader(path) : kind === 'script' ? new BundleReader() : null;
    this.current = { path, kind, size, reader, parts: [] };
    return true;
  }

  /** Another name of a file: what that file says, it says here, too. */
  private link(path: string, target: string): void {
    const same = this.evidence.files.get(target);
    const kind = kindOf(path);
    // A program is found under its first name.
    if (kind === 'program' || kind === 'script') return;
    if (same?.kind === kind) this.evidence.add(path, { ...same, layer: this.layer, position: this.position });
    else this.wanted.set(target, kind);
  }
}
