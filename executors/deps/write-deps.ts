import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { PrunedWorkspace } from '../../packages/lockfiles/types';
import { listFiles } from './disk';
import type { PackageSource } from './package-source';

/** Writes the pruned workspace beside its place and then moves it there: what stood there before is gone, or whole. */
export function writeDeps(
  workspaceRoot: string,
  outputPath: string,
  pruned: PrunedWorkspace,
  sources: readonly PackageSource[],
  native: readonly string[],
): void {
  const folder = join(workspaceRoot, outputPath);
  const parent = dirname(folder);
  const prefix = `.${basename(folder)}.`;
  mkdirSync(parent, { recursive: true });
  // What a killed run left.
  for (const name of readdirSync(parent))
    if (name.startsWith(prefix)) rmSync(join(parent, name), { recursive: true, force: true });
  const draft = join(parent, `${prefix}${process.pid}`);
  try {
    mkdirSync(join(draft, 'files'), { recursive: true });
    for (const { path, content } of pruned.manifests) write(join(draft, 'manifests', path), content);
    if (native.length > 0) write(join(draft, 'manifests', 'native-packages'), `${native.join('\n')}\n`);
    for (const { from, to } of pruned.manifestCopies) {
      const source = join(workspaceRoot, from);
      const files = statSync(source).isDirectory() ? listFiles(workspaceRoot, from) : [''];
      for (const file of files) copy(join(source, file), join(draft, 'manifests', to, file));
    }
    for (const { path, content } of pruned.files) write(join(draft, 'files', path), content);
    for (const { folder: to, from, files, manifest } of sources) {
      if (manifest !== null) write(join(draft, 'files', to, 'package.json'), manifest);
      for (const file of files) copy(join(workspaceRoot, from, file), join(draft, 'files', to, file));
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  // The umask of whoever builds must not reach the image.
  chmodSync(path, 0o644);
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, statSync(from).mode & 0o111 ? 0o755 : 0o644);
}
