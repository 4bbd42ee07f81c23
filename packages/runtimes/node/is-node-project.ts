import { posix } from 'node:path';
import type { ProjectTargets, WorkspaceReader } from '../runtime';

/** Files at a project's root that make it something else: a website of its own, or another language. */
const others = [
  'index.html',
  'src/index.html',
  'next.config.js',
  'next.config.mjs',
  'next.config.ts',
  'pyproject.toml',
  'go.mod',
  'Cargo.toml',
  'pom.xml',
];
const entries = ['main', 'index', 'server', 'app'];
const extensions = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'];

/** Whether a project is a program for Node.js, as far as its files tell. */
export function isNodeProject({ root, targets }: ProjectTargets, workspace: WorkspaceReader): boolean {
  const has = (name: string) => workspace.exists(posix.join(root, name));
  if (others.some(has)) return false;
  const executors = Object.values(targets).map(({ executor }) => executor ?? '');
  if (executors.some((executor) => /^@nx\/(esbuild|webpack|rspack|js|node|vite):/.test(executor)))
    return true;
  return (
    has('package.json') ||
    has('tsconfig.json') ||
    entries.some((entry) =>
      extensions.some((extension) => has(`src/${entry}.${extension}`) || has(`${entry}.${extension}`)),
    )
  );
}
