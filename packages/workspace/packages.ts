import type { Tree } from '@nx/devkit';
import { stackRoot } from './stack-root';
import { writeRendered } from './write-rendered';

interface Packages {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** Adds packages to the workspace's package.json; one that it has keeps its version. Returns whether anything was added. */
export async function addPackages(tree: Tree, wanted: Packages): Promise<boolean> {
  const path = 'package.json';
  const present = JSON.parse(tree.read(path, 'utf-8') ?? '{}') as Partial<Packages>;
  const known = new Set([
    ...Object.keys(present.dependencies ?? {}),
    ...Object.keys(present.devDependencies ?? {}),
  ]);
  const missing = (packages: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(packages).filter(([name]) => !known.has(name)));
  const additions = Object.entries({
    dependencies: missing(wanted.dependencies),
    devDependencies: missing(wanted.devDependencies),
  });
  const content = Object.fromEntries(additions.filter(([, packages]) => Object.keys(packages).length > 0));
  if (Object.keys(content).length === 0) return false;
  const files = [{ path, content: JSON.stringify(content), ownership: 'shared' as const }];
  await writeRendered(tree, [{ owner: stackRoot, scope: 'init', files }]);
  return true;
}
