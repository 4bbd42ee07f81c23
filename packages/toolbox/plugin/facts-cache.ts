import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceDataDirectory } from '../../workspace/data-directory';
import type { DescribedProject } from './described-projects';
import type { ProjectFacts } from './project-facts';

type Entries = Record<string, readonly [hash: string, facts: ProjectFacts]>;

/**
 * What the plugin found in each project's files, by their content: one file per set of options and version of the plugin, beside Nx's own
 * caches. It is written only when something in it changed.
 */
export class FactsCache {
  /** Were these options seen before? */
  readonly known: boolean;
  private readonly file: string;
  private readonly before: Entries;
  private readonly after: Entries = {};
  private changed = false;

  constructor(workspaceRoot: string, key: string) {
    this.file = join(workspaceDataDirectory(workspaceRoot), `toolbox-${key.slice(0, 16)}.json`);
    const before = readEntries(this.file);
    this.known = before !== null;
    this.before = before ?? {};
  }

  get(project: DescribedProject, find: (project: DescribedProject) => ProjectFacts): ProjectFacts {
    const hash = hashOf(project);
    const [known, kept] = this.before[project.root] ?? [];
    const facts = known === hash && kept ? kept : find(project);
    this.changed ||= facts !== kept;
    this.after[project.root] = [hash, facts];
    return facts;
  }

  /** A cache that cannot be written (a read-only file system) costs time, nothing else. */
  save(): void {
    const same = Object.keys(this.before).length === Object.keys(this.after).length;
    if (this.known && !this.changed && same) return;
    try {
      mkdirSync(join(this.file, '..'), { recursive: true });
      const draft = `${this.file}.${process.pid}`;
      writeFileSync(draft, JSON.stringify(this.after));
      renameSync(draft, this.file);
    } catch {
      return;
    }
  }
}

function readEntries(file: string): Entries | null {
  try {
    const entries: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof entries === 'object' && entries !== null ? (entries as Entries) : null;
  } catch {
    return null;
  }
}

function hashOf({ description, dockerfile, ignore }: DescribedProject): string {
  // Lengths first, so that text cannot move from one file to the next unseen.
  return createHash('sha256')
    .update(`${description?.length},${dockerfile?.length},${ignore?.length}\n`)
    .update(`${description}\n${dockerfile}\n${ignore}`)
    .digest('base64');
}
