import type { LockedPackage } from './types';

/** What packages with native code depend on to compile it, or to look for a binary that somebody else compiled. */
const buildTools = new Set(
  'node-gyp node-gyp-build node-gyp-build-optional-packages nan node-addon-api prebuild-install @mapbox/node-pre-gyp node-pre-gyp cmake-js bindings'.split(
    ' ',
  ),
);

export function mayCompile(dependencies: readonly string[]): boolean {
  return dependencies.some((name) => buildTools.has(name));
}

/**
 * Names of packages whose installation may need python3, make and a C++ compiler. Packages that bring a binary per platform as
 * optional dependencies are not among them.
 */
export function needsCompiler(packages: readonly LockedPackage[]): readonly string[] {
  return [...new Set(packages.filter(({ native }) => native).map(({ name }) => name))].sort();
}
