import { isUtf8 } from 'node:buffer';
import type { Descriptor } from '../descriptor';
import { plainPath } from '../file-tree';
import type { Finding } from '../finding';
import type { LayerObserver } from '../analyse';
import type { TarEntry } from '../tar-reader';
import { judgeEntry } from './file-rules';
import { FindingList } from './finding-list';
import { findSecrets } from './secret-detection';
import { isCredentialFile, trigger } from './text-rules';

/** Bytes of a file that are searched for secrets. What is longer (bundles, data) is searched up to there. */
export const longestText = 1024 * 1024;

/** Bytes in which a zero says that a file is no text; git looks at 8,000. */
const sniffed = 8000;

export interface LayerFacts {
  /** Number of layers, from the first, that are the base image's. */
  readonly baseLayers: number;
  /** Seconds since the epoch; null: not known. */
  readonly sourceDate: number | null;
}

/** Judges the files of one image while its layers pass by. Holds one file's text at a time, and the findings. */
export class LayerAudit implements LayerObserver {
  private readonly list = new FindingList();
  private readonly text = Buffer.allocUnsafe(longestText);
  private length = 0;
  private binary = false;
  private path = '';
  private layer = '';
  private position = 0;
  private suspects: { path: string; layer: string; position: number; text: string }[] = [];

  constructor(private readonly facts: LayerFacts) {}

  beginLayer(layer: Descriptor, position: number): void {
    this.layer = layer.digest;
    this.position = position;
  }

  entry(entry: TarEntry): boolean {
    const path = plainPath(entry.name);
    if (path === '') return false;
    this.path = path;
    const slash = path.lastIndexOf('/');
    const name = path.slice(slash + 1);
    if (name.startsWith('.wh.')) {
      this.whiteout(slash < 0 ? '' : path.slice(0, slash), name);
      return false;
    }
    if (entry.type !== '5') this.list.overwritten(path, this.position);
    const context = {
      path,
      base: this.position <= this.facts.baseLayers,
      sourceDate: this.facts.sourceDate,
    };
    for (const { whileVisible, id, severity, why, fix } of judgeEntry(entry, context))
      this.list.add(
        { id, severity, layer: this.layer, path: shown(path), why, fix },
        this.position,
        whileVisible,
      );
    this.length = 0;
    this.binary = false;
    return entry.type === '0' && entry.size > 0;
  }

  body(chunk: Buffer): void {
    if (this.binary || this.length === longestText) return;
    if (this.length < sniffed && chunk.subarray(0, sniffed - this.length).includes(0)) {
      this.binary = true;
      return;
    }
    this.length += chunk.copy(this.text, this.length);
  }

  end(): void {
    if (this.binary) return;
    const bytes = this.text.subarray(0, this.length);
    // The trigger is ASCII: one byte per character is the fastest text there is.
    if (!trigger.test(bytes.toString('latin1')) && !isCredentialFile(this.path)) return;
    const text = isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1');
    this.suspects.push({ path: this.path, layer: this.layer, position: this.position, text });
  }

  pending(): Promise<void> | undefined {
    return this.suspects.length > 0 ? this.searchSuspects() : undefined;
  }

  findings(): readonly Finding[] {
    return this.list.result();
  }

  private async searchSuspects(): Promise<void> {
    const suspects = this.suspects;
    this.suspects = [];
    for (const { path, layer, position, text } of suspects) {
      const matches = await findSecrets(path, text);
      const [first] = [...matches].sort((a, b) => Number(b.certain) - Number(a.certain));
      if (!first) continue;
      const others = matches.length > 1 ? ` and ${matches.length - 1} more` : '';
      this.list.add(
        {
          id: first.certain ? 'secret-in-file' : 'login-in-url',
          severity: first.certain ? 'critical' : 'medium',
          layer,
          path: shown(path),
          why: `Line ${first.line} looks like ${first.what}${others}.`,
          fix: first.certain
            ? 'Replace the secret: it has to be taken as known. Keep the file out of the build context (.dockerignore), or mount it: RUN --mount=type=secret.'
            : 'If it is more than an example: replace the password and give the address to the container when it starts.',
        },
        position,
        false,
      );
    }
  }

  private whiteout(folder: string, name: string): void {
    if (name === '.wh..wh..opq') this.list.deleted(folder, this.position);
    else if (!name.startsWith('.wh..wh.'))
      this.list.deleted(`${folder === '' ? '' : `${folder}/`}${name.slice(4)}`, this.position);
  }
}

/** A path of a hostile archive may be endless. */
function shown(path: string): string {
  return path.length > 1024 ? `${path.slice(0, 1021)}...` : path;
}
