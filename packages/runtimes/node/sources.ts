import { posix } from 'node:path';
import type { ProjectTargets, WorkspaceReader } from '../runtime';
import { list, text } from './builds/options';
import { normalisePath } from './paths';

/** One source file of a project. */
export interface SourceFile {
  readonly path: string;
  readonly content: string;
}

/** Enough for the source of any service; a bound so that a generated folder does not take minutes. */
const mostFiles = 500;
const skipped = /^(node_modules|dist|build|coverage|test|tests|__tests__|e2e|assets|golden)$|^\./;
const isSource = /\.[cm]?[jt]sx?$/;
const isTestOrConfig = /\.(d|spec|test|e2e|stories)\.[cm]?[jt]sx?$|\.config\.[cm]?[jt]s$/;

/** The source files of a project without tests and configuration, the entry file first, then sorted by path. */
export function sourceFiles(project: ProjectTargets, workspace: WorkspaceReader): readonly SourceFile[] {
  const paths: string[] = [];
  collect(startFolder(project, workspace));
  const entry = entryFile(project, paths);
  return [...new Set([...(entry ? [entry] : []), ...paths])].flatMap((path) => {
    const content = workspace.read(path);
    return content === null ? [] : [{ path, content }];
  });

  function collect(folder: string): void {
    for (const name of [...workspace.list(folder)].sort()) {
      if (paths.length >= mostFiles || skipped.test(name)) continue;
      const path = posix.join(folder, name);
      if (isSource.test(name)) {
        if (!isTestOrConfig.test(name)) paths.push(path);
      } else if (!name.includes('.')) {
        collect(path);
      }
    }
  }
}

/** A package-based project says no sourceRoot; a service that lies at the workspace's root must not read the whole of it. */
function startFolder({ root, sourceRoot }: ProjectTargets, workspace: WorkspaceReader): string {
  if (sourceRoot && workspace.exists(sourceRoot)) return normalisePath(sourceRoot);
  const src = posix.join(root, 'src');
  return workspace.exists(src) ? src : normalisePath(root);
}

function entryFile(project: ProjectTargets, paths: readonly string[]): string | undefined {
  const named = Object.values(project.targets).flatMap(({ options }) => [
    text(options?.['main']),
    ...list(options?.['entryPoints']).map(text),
  ]);
  const entries = named.flatMap((path) => (path ? [normalisePath(path)] : []));
  return (
    entries.find((path) => paths.includes(path)) ??
    paths.find(
      (path) =>
        /(^|\/)(main|server|index|app)\.[cm]?[jt]s$/.test(path) &&
        posix.dirname(path).split('/').length <= project.root.split('/').length + 1,
    )
  );
}
