export { detectPackageManager, type DetectedPackageManager } from './detect-package-manager';
export { LockfileError } from './lockfile-error';
export { needsCompiler } from './native-packages';
export { importerOf, parseManifest, runtimeManifest, type Manifest } from './manifest';
export { entryTargets, missingEntry, selectPackageFiles } from './package-files';
export { pruneWorkspace } from './prune-workspace';
export { scanImports } from './scan-imports';
export type * from './types';
