import type { Input } from './build-inputs';

/**
 * Inputs of `docker-deps`: manifests, lockfiles and settings of the package managers, and what the builds wrote. Every manifest counts, because yarn 1's
 * lockfile does not list workspace packages; so do the sources of packages that the app depends on, because those without a build are copied.
 */
export const depsInputs: readonly Input[] = [
  '{projectRoot}/toolbox.yaml',
  '^default',
  ...[
    '**/package.json',
    'package-lock.json',
    'npm-shrinkwrap.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    '.pnpmfile.cjs',
    '.pnpmfile.mjs',
    'yarn.lock',
    '.yarnrc',
    '.yarnrc.yml',
    '.npmrc',
    'patches/**/*',
    '.yarn/patches/**/*',
    '.yarn/plugins/**/*',
  ].map((path) => `{workspaceRoot}/${path}`),
  { dependentTasksOutputFiles: '**/*', transitive: true },
  // The lockfile itself is an input: Nx's own reading of it would only repeat that, package by package.
  { externalDependencies: [] },
];
