import type { Tree } from '@nx/devkit';
import type { WorkspaceReader } from '../runtimes/runtime';

/** Nx's virtual tree as the runtimes see a workspace: what a generator wrote before is there already. */
export function treeReader(tree: Tree): WorkspaceReader {
  return {
    read: (path) => (tree.exists(path) && tree.isFile(path) ? tree.read(path, 'utf-8') : null),
    exists: (path) => tree.exists(path),
    list: (folder) => (tree.exists(folder) && !tree.isFile(folder) ? tree.children(folder) : []),
  };
}
