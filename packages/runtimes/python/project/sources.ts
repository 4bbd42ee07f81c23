import { posix } from 'node:path';
import type { ProjectTargets, WorkspaceReader } from '../../runtime';

/** One module of a project. */
export interface Module {
  /** Path relative to the workspace root. */
  readonly path: string;
  /** Name under which it is imported, e.g. `app.main`; `app` for app/__init__.py. */
  readonly name: string;
  readonly content: string;
}

/** The modules of a project, and the folder that its imports start from. */
export interface Sources {
  readonly modules: readonly Module[];
  /** `src` where the packages lie in a folder of that name, else null. */
  readonly importFolder: string | null;
}

/** Enough for the source of any service; a bound so that a forgotten folder does not take minutes. */
const mostFiles = 800;
const skipped =
  /^(node_modules|dist|build|coverage|tests?|e2e|docs|examples|migrations|alembic|versions|venv|env|site-packages|__pycache__)$|^\.|\.egg-info$/;
const isTest = /^(test_.*|.*_test|conftest|setup|noxfile)\.py$/;

/** Reads the modules of a project without its tests, sorted by path; those that lie higher come first. */
export function readSources({ root }: Pick<ProjectTargets, 'root'>, workspace: WorkspaceReader): Sources {
  const paths: string[] = [];
  collect(posix.normalize(root));
  const src = posix.join(root, 'src');
  const isSrcLayout =
    paths.some((path) => path.startsWith(`${src}/`)) && !paths.includes(`${src}/__init__.py`);
  const modules = paths.flatMap((path) => {
    const content = workspace.read(path);
    if (content === null) return [];
    const start = isSrcLayout && path.startsWith(`${src}/`) ? src : root;
    const name = posix
      .relative(start, path)
      .replace(/(\/__init__)?\.py$/, '')
      .replaceAll('/', '.');
    return [{ path, name, content }];
  });
  return { modules: modules.sort(byDepth), importFolder: isSrcLayout ? 'src' : null };

  function collect(folder: string): void {
    for (const name of [...workspace.list(folder)].sort()) {
      if (paths.length >= mostFiles || skipped.test(name)) continue;
      const path = posix.join(folder, name);
      if (name.endsWith('.py')) {
        if (!isTest.test(name)) paths.push(path);
      } else if (!name.includes('.')) collect(path);
    }
  }
}

function byDepth(a: Module, b: Module): number {
  const depth = (path: string) => path.split('/').length;
  return depth(a.path) - depth(b.path) || (a.path < b.path ? -1 : 1);
}
