import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What is known of a layer by its digest alone: content never changes under a digest, so this never goes stale. */
export interface LayerFacts {
  /** Bytes of the unpacked archive. */
  readonly uncompressed: number;
  /** Newest timestamp in the archive, seconds since the epoch. Absent for layers of a base image, which stay as they are. */
  readonly newest?: number;
  /** The layer's blob when it is compressed, where `docker save` gave it as a plain archive. */
  readonly compressed?: { readonly digest: string; readonly size: number };
  /** The file that was read and found to have this digest: see `isVerified`. */
  readonly verified?: string;
  /** What the layer becomes when its timestamps are clamped, by source date epoch. */
  readonly clamped?: Readonly<
    Record<
      string,
      {
        readonly digest: string;
        readonly diffId: string;
        readonly size: number;
        readonly uncompressed: number;
      }
    >
  >;
}

/** Remembers facts about layers between builds. Losing it costs time, nothing else. */
export interface LayerMemo {
  /**
   * Was this very file, unchanged since, found to have its digest? `file` names its inode, size and times of change: whatever writes to a file moves
   * them, so only a disk that loses bits by itself goes unseen, and `docker-load` still reads every byte.
   */
  isVerified(digest: string, file: string): boolean;
  setVerified(digest: string, file: string): void;
  get(digest: string): LayerFacts | undefined;
  set(digest: string, facts: LayerFacts): void;
  save(): void;
}

/** Number of layers that are remembered; the oldest go first. */
const capacity = 2000;

/** A memo in a JSON file. An unreadable file is an empty memo. */
export function openLayerMemo(file: string | null): LayerMemo {
  let known = new Map<string, LayerFacts>();
  let changed = false;
  if (file) {
    try {
      known = new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, LayerFacts>));
    } catch {
      known = new Map();
    }
  }
  return {
    isVerified: (digest, file) => known.get(digest)?.verified === file,
    setVerified(digest, file) {
      const facts = known.get(digest);
      // Only of layers: what else is in a layout is small.
      if (!facts || facts.verified === file) return;
      known.set(digest, { ...facts, verified: file });
      changed = true;
    },
    get: (digest) => known.get(digest),
    set(digest, facts) {
      known.delete(digest);
      known.set(digest, facts);
      changed = true;
    },
    save() {
      if (!file || !changed) return;
      const kept = [...known].slice(-capacity);
      const temporary = `${file}.${process.pid}`;
      try {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(temporary, JSON.stringify(Object.fromEntries(kept)));
        renameSync(temporary, file);
      } catch {
        // A memo that cannot be kept costs the next build time, nothing else.
      }
    },
  };
}
