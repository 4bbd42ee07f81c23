import {
  goAlignment,
  goMagic,
  longestGoBuildInfo,
  parseGoBuildInfo,
  type GoBuildInfo,
} from './go-build-info';
import { findVersion, knownProgram, longestMark, type KnownProgram } from './runtimes';

/** What a binary says of itself. */
export interface ProgramFacts {
  readonly program: KnownProgram | null;
  readonly version: string | null;
  readonly go: GoBuildInfo | null;
}

const elf = Buffer.from('\x7fELF', 'latin1');

/** Looks for marks in a binary while its bytes pass by: keeps the end of what has passed, and Go's build information where it begins. */
export class ProgramReader {
  private readonly program: KnownProgram | null;
  private version: string | null = null;
  private go: GoBuildInfo | null = null;
  private tail = Buffer.alloc(0);
  /** Offset in the file of the first byte of `tail`. */
  private offset = 0;
  private info: { readonly parts: Buffer[]; length: number } | null = null;
  private isBinary: boolean | null = null;

  constructor(private readonly path: string) {
    this.program = knownProgram(path);
  }

  write(chunk: Buffer): void {
    if (this.isBinary === false) return;
    const bytes = this.tail.length === 0 ? chunk : Buffer.concat([this.tail, chunk]);
    if (this.isBinary === null && bytes.length >= elf.length)
      this.isBinary = bytes.subarray(0, elf.length).equals(elf);
    if (this.isBinary !== true) {
      this.tail = this.isBinary === null ? Buffer.from(bytes) : Buffer.alloc(0);
      return;
    }
    if (this.program !== null && this.version === null)
      this.version = findVersion(this.program, this.path, bytes);
    if (this.info !== null) this.collect(chunk);
    else if (this.go === null) this.searchGo(bytes);
    const kept = Math.min(bytes.length, longestMark);
    this.offset += bytes.length - kept;
    this.tail = Buffer.from(bytes.subarray(bytes.length - kept));
  }

  end(): ProgramFacts | null {
    if (this.isBinary !== true) return null;
    if (this.info !== null) this.finishInfo();
    if (this.program === null && this.go === null) return null;
    return { program: this.program, version: this.version, go: this.go };
  }

  /** The magic may be data of a program that reads other programs: what follows has to be build information, too. */
  private searchGo(bytes: Buffer): void {
    for (let at = bytes.indexOf(goMagic); at >= 0; at = bytes.indexOf(goMagic, at + 1)) {
      if ((this.offset + at) % goAlignment !== 0) continue;
      this.info = { parts: [], length: 0 };
      this.collect(bytes.subarray(at));
      return;
    }
  }

  private collect(chunk: Buffer): void {
    const info = this.info!;
    info.parts.push(Buffer.from(chunk));
    info.length += chunk.length;
    if (info.length >= longestGoBuildInfo) this.finishInfo();
  }

  private finishInfo(): void {
    const bytes = Buffer.concat(this.info!.parts);
    this.info = null;
    for (let at = 0; at >= 0 && this.go === null; at = bytes.indexOf(goMagic, at + 1))
      this.go = parseGoBuildInfo(bytes.subarray(at));
  }
}
