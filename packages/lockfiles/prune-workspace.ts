import { openBerryLock } from './berry/berry-lock';
import { detectPackageManager } from './detect-package-manager';
import { growImporters, startImporters } from './importers';
import type { Lock } from './lock';
import { installManifest, joinPath, runtimeManifest, type Importer } from './manifest';
import { mayCompile } from './native-packages';
import { openNpmLock } from './npm/npm-lock';
import { openPnpmLock } from './pnpm/pnpm-lock';
import { installSettings } from './settings';
import type { LockedPackage, PruneRequest, PrunedFile, PrunedWorkspace } from './types';
import { readWorkspace, type Workspace } from './workspace';
import { openYarnLock } from './yarn/yarn-lock';

/**
 * Cuts a workspace down to what one app needs at run time, in the workspace's own shape, so that nested versions, links, peers
 * and patches mean what they mean in the workspace, and the package manager's frozen installation takes it. The same needs
 * give the same bytes, whatever else changes in the workspace.
 * @throws LockfileError in one line.
 */
export function pruneWorkspace(request: PruneRequest): PrunedWorkspace {
  const { reader, packageManager, projectRoot } = request;
  const detected = detectPackageManager(reader);
  const workspace = readWorkspace(reader);
  const lock = openLock(request, workspace, detected.name === packageManager ? detected.lockfile : null);
  const { map: importers, warnings } = startImporters(request, workspace, lock);
  let walk = lock.walk(importers);
  while (growImporters(importers, walk, request)) walk = lock.walk(importers);

  const rendered = lock.render(importers, walk);
  const settings = installSettings(reader, packageManager);
  const folders = [...importers.keys()].filter((folder) => folder !== '.').sort();
  const pin =
    packageManager === 'npm'
      ? {}
      : { packageManager: `${packageManager === 'berry' ? 'yarn' : packageManager}@${detected.version}` };
  const manifests: PrunedFile[] = [
    {
      path: 'package.json',
      content: installManifest(withoutFiles(importers.get('.')!), {
        ...(packageManager !== 'pnpm' && folders.length > 0 ? { workspaces: folders } : {}),
        ...pin,
        ...rendered.rootFields,
      }),
    },
    ...folders.map((folder) => ({
      path: joinPath(folder, 'package.json'),
      content: installManifest(importers.get(folder)!),
    })),
    ...rendered.files,
    ...settings.files,
  ];
  const copies = folders
    .filter((folder) => folder !== projectRoot)
    .map((folder) => ({ from: folder, to: folder }));
  const manifestCopies = [...new Set([...rendered.copies, ...settings.copies])].map((path) =>
    path.replace(/^\.\//, ''),
  );
  return {
    manifests: manifests.sort(byPath),
    manifestCopies: manifestCopies.sort().map((path) => ({ from: path, to: path })),
    files: ['.', ...folders]
      .map((folder) => ({
        path: joinPath(folder, 'package.json'),
        content: runtimeManifest(importers.get(folder)!),
      }))
      .sort(byPath),
    copies,
    packages: packagesOf([...walk.packages.values()]),
    warnings: [...warnings, ...rendered.warnings],
  };
}

function openLock({ reader, packageManager }: PruneRequest, workspace: Workspace, file: string | null): Lock {
  if (packageManager === 'pnpm') return openPnpmLock(reader, workspace);
  if (packageManager === 'yarn') return openYarnLock(reader, workspace);
  if (packageManager === 'berry') return openBerryLock(reader, workspace);
  return openNpmLock(reader, file ?? 'package-lock.json', workspace);
}

/** The root is no package that others import: what it would publish does not matter. */
function withoutFiles(root: Importer): Importer {
  const { files: _files, main: _main, module: _module, exports: _exports, ...manifest } = root.manifest;
  return { ...root, manifest };
}

function packagesOf(
  reached: readonly { name: string; version: string; dependencies: readonly string[] }[],
): readonly LockedPackage[] {
  const byKey = new Map<string, LockedPackage>();
  for (const { name, version, dependencies } of reached)
    byKey.set(`${name}@${version}`, {
      name,
      version,
      native: mayCompile(dependencies) || (byKey.get(`${name}@${version}`)?.native ?? false),
    });
  return [...byKey.keys()].sort().map((key) => byKey.get(key)!);
}

function byPath(a: PrunedFile, b: PrunedFile): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
