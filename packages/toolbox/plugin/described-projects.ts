import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** A project with a toolbox.yaml, a Dockerfile or both, and the content of those files. */
export interface DescribedProject {
  /** Relative to the workspace root, POSIX; `.` is the workspace itself. */
  readonly root: string;
  /** The file that Nx attributes the targets to. */
  readonly file: string;
  /** Text of toolbox.yaml. */
  readonly description: string | null;
  readonly dockerfile: string | null;
  /** Text of Dockerfile.dockerignore; read only where there is a Dockerfile. */
  readonly ignore: string | null;
}

/** The description of the stack: no service is built from that folder. */
export const stackFile = 'infrastructure/toolbox.yaml';
const leftOut = new Set(['node_modules', 'dist', '.nx', '.git']);

/**
 * The projects that the files describe, sorted by root. Nx refuses the whole graph for a root that is no project, so a folder without
 * project.json or a named package.json is passed over.
 */
export class DescribedProjects implements Iterable<DescribedProject> {
  constructor(
    private readonly workspaceRoot: string,
    private readonly files: readonly string[],
  ) {}

  *[Symbol.iterator](): Iterator<DescribedProject> {
    for (const [root, names] of this.byRoot()) {
      if (!this.isProject(root)) continue;
      const described = names.has('toolbox.yaml');
      const dockerfile = names.has('Dockerfile') ? this.read(root, 'Dockerfile') : null;
      yield {
        root,
        file: posix.join(root, described ? 'toolbox.yaml' : 'Dockerfile'),
        description: described ? this.read(root, 'toolbox.yaml') : null,
        dockerfile,
        ignore: dockerfile === null ? null : this.read(root, 'Dockerfile.dockerignore'),
      };
    }
  }

  private byRoot(): [string, Set<string>][] {
    const roots = new Map<string, Set<string>>();
    for (const file of this.files) {
      const path = file.replaceAll('\\', '/');
      if (path === stackFile || path.split('/').some((segment) => leftOut.has(segment))) continue;
      const root = posix.dirname(path);
      roots.set(root, (roots.get(root) ?? new Set()).add(posix.basename(path)));
    }
    return [...roots].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Is the folder of the stack's description a project? */
  hasStackProject(): boolean {
    const described = this.files.some((file) => file.replaceAll('\\', '/') === stackFile);
    return described && this.isProject(posix.dirname(stackFile));
  }

  private isProject(root: string): boolean {
    if (existsSync(join(this.workspaceRoot, root, 'project.json'))) return true;
    const manifest = this.read(root, 'package.json');
    if (manifest === null) return false;
    try {
      const { name, nx } = JSON.parse(manifest) as { name?: unknown; nx?: unknown };
      // The workspace's own package.json makes a project only where it says so.
      return typeof name === 'string' && name !== '' && (root !== '.' || nx !== undefined);
    } catch {
      return false;
    }
  }

  private read(root: string, name: string): string | null {
    try {
      return readFileSync(join(this.workspaceRoot, root, name), 'utf8');
    } catch {
      return null;
    }
  }
}
