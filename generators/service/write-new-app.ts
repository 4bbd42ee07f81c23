import type { Tree } from '@nx/devkit';
import type { Runtime } from '../../packages/runtimes/runtime';
import { addPackages } from '../../packages/workspace/packages';
import { treeReader } from '../../packages/workspace/tree-reader';
import { writeRendered } from '../../packages/workspace/write-rendered';

/** Nx's presets keep the path aliases of libraries here. */
const tsconfigBase = 'tsconfig.base.json';

/** Writes the source of a new app and adds its packages to the workspace's package.json. Returns whether that one changed. */
export async function writeNewApp(
  tree: Tree,
  runtime: Runtime,
  app: { readonly name: string; readonly root: string; readonly port: number },
): Promise<boolean> {
  const { files, dependencies, devDependencies } = runtime.newApp({
    ...app,
    packageManager: runtime.workspaceFacts?.(treeReader(tree)).build?.packageManager ?? 'npm',
    ...(tree.exists(tsconfigBase) ? { tsconfigBase } : {}),
  });
  await writeRendered(tree, [{ owner: app.root, scope: 'app', files }]);
  return addPackages(tree, { dependencies, devDependencies });
}
