import type { Tree } from '@nx/devkit';
import { posix } from 'node:path';
import { DescriptionError } from '../../packages/service/description-error';
import { insidePathProblem, normaliseInsidePath } from '../../packages/service/paths';
import { readProjects } from '../../packages/workspace/projects';

/**
 * Folder of a new app: the one that the user names, else one of the app's name where the workspace keeps its apps.
 * @throws DescriptionError where it leaves the workspace, or holds something already.
 */
export function appFolder(tree: Tree, name: string, directory: string | undefined): string {
  if (directory !== undefined) {
    const problem = insidePathProblem(directory, 'the workspace');
    if (problem) throw new DescriptionError({ file: '--directory', key: '', message: problem });
  }
  const folder = normaliseInsidePath(
    directory ?? posix.join(appsFolder(tree), name.replace(/^@[^/]+\//, '')),
  );
  if (folder === '.') {
    throw new DescriptionError({
      file: '--directory',
      key: '',
      message: 'a new app needs a folder of its own',
    });
  }
  if (tree.exists(folder) && (tree.isFile(folder) || tree.children(folder).length > 0)) {
    const message = `is there already and no project of that name. Name another folder with --directory, or give the folder a project.json with the name ${name}`;
    throw new DescriptionError({ file: folder, key: '', message });
  }
  return folder;
}

/**
 * Where apps lie: `workspaceLayout.appsDir` of nx.json, else `apps` where there is one, else the folder of the apps that
 * are there, else the one folder that package.json's workspaces name, else `apps`.
 */
function appsFolder(tree: Tree): string {
  const configured = readJson<{ workspaceLayout?: { appsDir?: string } }>(tree, 'nx.json')?.workspaceLayout
    ?.appsDir;
  if (configured) return configured;
  if (tree.exists('apps')) return 'apps';
  const ofApps = new Set(
    readProjects(tree).flatMap(({ type, root }) => (type === 'application' ? [posix.dirname(root)] : [])),
  );
  const [only] = ofApps;
  if (ofApps.size === 1 && only && only !== '.') return only;
  const folders = workspaceGlobs(tree).flatMap(
    (glob) => /^(?:\.\/)?([\w-]+)\/\*{1,2}$/.exec(glob)?.[1] ?? [],
  );
  return folders.includes('apps') ? 'apps' : (folders[0] ?? 'apps');
}

function workspaceGlobs(tree: Tree): readonly string[] {
  const workspaces = readJson<{ workspaces?: string[] | { packages?: string[] } }>(
    tree,
    'package.json',
  )?.workspaces;
  const fromPnpm = tree.read('pnpm-workspace.yaml', 'utf-8')?.match(/^\s*-\s*['"]?[^'"\s#]+/gm) ?? [];
  return [
    ...(Array.isArray(workspaces) ? workspaces : (workspaces?.packages ?? [])),
    ...fromPnpm.map((line) => line.replace(/^\s*-\s*['"]?/, '')),
  ];
}

function readJson<T>(tree: Tree, path: string): T | null {
  try {
    return JSON.parse(tree.read(path, 'utf-8') ?? 'null') as T | null;
  } catch {
    return null;
  }
}
