import type { PackageManager } from '../../service/types';
import type { WorkspaceReader } from '../runtime';
import { packageJson } from './package-json';

/** The package manager of the workspace: by its lockfile, else by `packageManager` in package.json, else npm. */
export function detectPackageManager(workspace: WorkspaceReader): PackageManager {
  if (workspace.exists('pnpm-lock.yaml')) return 'pnpm';
  const yarnLock = workspace.read('yarn.lock');
  // Yarn 2 and later write YAML that starts with their metadata; yarn 1 has a format of its own.
  if (yarnLock !== null && yarnLock !== '') return /^__metadata:/m.test(yarnLock) ? 'berry' : 'yarn';
  if (workspace.exists('package-lock.json')) return 'npm';

  const named = /^(npm|pnpm|yarn)@(\d+)/.exec(packageJson(workspace, '.')?.packageManager ?? '');
  if (named?.[1] === 'pnpm') return 'pnpm';
  if (named?.[1] === 'yarn') return Number(named[2]) >= 2 ? 'berry' : 'yarn';
  if (workspace.exists('.yarnrc.yml')) return 'berry';
  return yarnLock !== null ? 'yarn' : 'npm';
}
