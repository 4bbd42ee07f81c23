import { posix } from 'node:path';
import type { ProjectTargets, WorkspaceReader } from '../runtime';

/** A workspace in memory: contents by path. */
export function workspaceOf(files: Readonly<Record<string, string>>): WorkspaceReader {
  const paths = Object.keys(files);
  const inFolder = (folder: string) =>
    folder === '.' ? paths : paths.filter((path) => path.startsWith(`${folder}/`));
  return {
    read: (path) => files[posix.normalize(path)] ?? null,
    exists: (path) => {
      const normal = posix.normalize(path);
      return normal in files || inFolder(normal).length > 0;
    },
    list: (folder) => {
      const skip = folder === '.' ? 0 : folder.length + 1;
      return [...new Set(inFolder(folder).map((path) => path.slice(skip).split('/')[0] ?? ''))];
    },
  };
}

export function projectOf(
  targets: ProjectTargets['targets'],
  changes: Partial<ProjectTargets> = {},
): ProjectTargets {
  return { name: 'api', root: 'apps/api', sourceRoot: 'apps/api/src', targets, ...changes };
}
