import type { Finding } from '../finding';

/** How many findings of one kind are listed. A hostile image may hold a million; nobody reads more than these. */
const mostOfAKind = 50;

interface Placed {
  readonly finding: Finding;
  /** Whether it counts only while the file is in sight: a setuid file that a later layer deletes cannot be started. */
  readonly whileVisible: boolean;
  readonly layerPosition: number;
}

/** Findings about files, kept in step with what later layers overwrite and delete. Bounded. */
export class FindingList {
  private readonly placed = new Map<string, Placed[]>();
  private readonly counts = new Map<string, number>();

  add(finding: Finding, layerPosition: number, whileVisible: boolean): void {
    const count = (this.counts.get(finding.id) ?? 0) + 1;
    this.counts.set(finding.id, count);
    if (count > mostOfAKind) return;
    const path = finding.path ?? '';
    const here = this.placed.get(path) ?? [];
    here.push({ finding, whileVisible, layerPosition });
    this.placed.set(path, here);
  }

  /** A layer holds the path anew: what earlier layers had under that name is out of sight. */
  overwritten(path: string, layerPosition: number): void {
    if (this.placed.size > 0 && this.placed.has(path)) this.hide(path, layerPosition);
  }

  /** A layer deletes the path and all below it, as far as earlier layers made it. The empty path is the whole image. */
  deleted(path: string, layerPosition: number): void {
    for (const known of [...this.placed.keys()])
      if (path === '' || known === path || known.startsWith(`${path}/`)) this.hide(known, layerPosition);
  }

  result(): Finding[] {
    const left = [...this.counts]
      .filter(([, count]) => count > mostOfAKind)
      .map(([id, count]): Finding => {
        const like = this.first(id);
        return {
          id,
          severity: like?.severity ?? 'info',
          layer: null,
          path: null,
          why: `${count - mostOfAKind} more of this kind are not listed.`,
          fix: like?.fix ?? 'See the others of this kind.',
        };
      });
    return [...[...this.placed.values()].flat().map(({ finding }) => finding), ...left];
  }

  private first(id: string): Finding | undefined {
    return [...this.placed.values()].flat().find(({ finding }) => finding.id === id)?.finding;
  }

  private hide(path: string, layerPosition: number): void {
    const kept = (this.placed.get(path) ?? []).flatMap((placed) => {
      if (placed.layerPosition >= layerPosition) return [placed];
      if (placed.whileVisible) {
        this.counts.set(placed.finding.id, (this.counts.get(placed.finding.id) ?? 1) - 1);
        return [];
      }
      const why = placed.finding.why.includes(stillThere)
        ? placed.finding.why
        : `${placed.finding.why} ${stillThere}`;
      return [{ ...placed, finding: { ...placed.finding, why } }];
    });
    if (kept.length > 0) this.placed.set(path, kept);
    else this.placed.delete(path);
  }
}

const stillThere = 'A later layer hides the file, but whoever pulls the image has it.';
