import type { Input } from './build-inputs';

/** Inputs of `docker-deps`: manifests, lockfiles and settings of the package managers, and what the app's build wrote. */
export const depsInputs: readonly Input[] = [
  '{projectRoot}/toolbox.yaml',
  '{projectRoot}/package.json',
  '^{projectRoot}/package.json',
  ...[
    'package.json',
    'package-lock.json',
    'npm-shrinkwrap.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    '.pnpmfile.cjs',
    'yarn.lock',
    '.yarnrc.yml',
    '.npmrc',
    'patches/**/*',
    '.yarn/patches/**/*',
  ].map((path) => `{workspaceRoot}/${path}`),
  { dependentTasksOutputFiles: '**/*', transitive: true },
  // The lockfile itself is an input: Nx's own reading of it would only repeat that, package by package.
  { externalDependencies: [] },
];
