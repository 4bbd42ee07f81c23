import { LockfileError } from './lockfile-error';
import { readManifest } from './manifest';
import type { Reader } from './types';
import type { PackageManager } from '../service/types';

export interface DetectedPackageManager {
  readonly name: PackageManager;
  /** Exact version, e.g. `10.34.9` or `10.34.9+sha512.…`: as package.json pins it, else one that writes this lockfile; null for npm. */
  readonly version: string | null;
  /** The lockfile, relative to the workspace root. */
  readonly lockfile: string;
}

/** Versions for workspaces that pin none, by the version of their lockfile. */
const versionsOfPnpm: Readonly<Record<string, string>> = { '6.0': '8.15.9', '9.0': '10.34.9' };
const versionsOfBerry: readonly (readonly [lockfile: number, yarn: string])[] = [
  [6, '3.8.7'],
  [8, '4.9.4'],
];
const newestBerry = '4.18.1';

/**
 * The package manager by the lockfile at the root, its version by `packageManager` in package.json.
 * @throws LockfileError without a lockfile, and for Bun.
 */
export function detectPackageManager(reader: Reader): DetectedPackageManager {
  const manifest = readManifest(reader, '.');
  const pinned = /^(npm|pnpm|yarn|bun)@(\d[^\s]*)$/.exec(manifest?.packageManager ?? '');
  const version = (name: string) => (pinned?.[1] === name ? pinned[2]! : null);

  const pnpm = reader.read('pnpm-lock.yaml');
  const yarn = reader.read('yarn.lock');
  const npm = ['npm-shrinkwrap.json', 'package-lock.json'].find((file) => reader.exists(file));
  const choices = [pnpm !== null && 'pnpm', yarn && 'yarn', npm !== undefined && 'npm'].filter(Boolean);
  // Where several lie about, the one that package.json names is meant.
  const chosen = choices.includes(pinned?.[1] as string) ? pinned![1] : choices[0];

  if (chosen === 'pnpm') {
    const format = /^lockfileVersion:\s*'?([\d.]+)/m.exec(pnpm!)?.[1] ?? '';
    return {
      name: 'pnpm',
      version: version('pnpm') ?? versionsOfPnpm[format] ?? '10.34.9',
      lockfile: 'pnpm-lock.yaml',
    };
  }
  if (chosen === 'yarn') {
    if (!/^__metadata:/m.test(yarn!))
      return { name: 'yarn', version: version('yarn') ?? '1.22.22', lockfile: 'yarn.lock' };
    const format = Number(/^__metadata:\s*\n(?:\s+.*\n)*?\s+version:\s*(\d+)/m.exec(yarn!)?.[1] ?? 8);
    const fallback = versionsOfBerry.find(([lockfile]) => format <= lockfile)?.[1] ?? newestBerry;
    const release = /yarn-(\d+\.\d+\.\d+[^/]*)\.c?js/.exec(reader.read('.yarnrc.yml') ?? '')?.[1];
    return { name: 'berry', version: version('yarn') ?? release ?? fallback, lockfile: 'yarn.lock' };
  }
  if (chosen === 'npm') return { name: 'npm', version: version('npm'), lockfile: npm! };
  const bun = ['bun.lock', 'bun.lockb'].find((file) => reader.exists(file));
  if (bun !== undefined)
    throw new LockfileError(
      `${bun}: lockfiles of Bun cannot be pruned. Bundle the dependencies (build.dependencies: bundled), or use npm, pnpm or yarn`,
    );
  if (pinned?.[1] === 'pnpm' || pinned?.[1] === 'yarn')
    throw new LockfileError(
      `No lockfile at the workspace root. Run ${pinned[1]} install and commit ${pinned[1] === 'pnpm' ? 'pnpm-lock.yaml' : 'yarn.lock'}`,
    );
  throw new LockfileError('No lockfile at the workspace root. Run npm install and commit package-lock.json');
}
