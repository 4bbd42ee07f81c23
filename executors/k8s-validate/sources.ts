import { existsSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';

const kustomizations = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** What lies in the folder `k8s` of a project. Paths are relative to the workspace root, POSIX, sorted. */
export interface Sources {
  /** Environment -> folder of its overlay. */
  readonly overlays: ReadonlyMap<string, string>;
  /** Folder that is rendered where there are no overlays; null where there is none. */
  readonly base: string | null;
  /** All YAML files but kustomizations, the overlays' last. */
  readonly files: readonly string[];
  /** Those that no kustomization is responsible for: they are applied as they are. */
  readonly plain: readonly string[];
}

export function readSources(root: string, folder: string): Sources {
  const all = filesIn(root, folder);
  const kustomized = all
    .filter((file) => kustomizations.includes(posix.basename(file)))
    .map((file) => posix.dirname(file));
  const overlaysIn = `${folder}/overlays`;
  const overlays = new Map(
    kustomized.filter((one) => posix.dirname(one) === overlaysIn).map((one) => [posix.basename(one), one]),
  );
  const files = all
    .filter((file) => /\.ya?ml$/.test(file) && !kustomizations.includes(posix.basename(file)))
    .sort((a, b) => Number(a.startsWith(overlaysIn)) - Number(b.startsWith(overlaysIn)) || (a < b ? -1 : 1));
  const base = [folder, `${folder}/base`].find((one) => kustomized.includes(one)) ?? null;
  const plain = files.filter((file) => !kustomized.some((one) => file.startsWith(`${one}/`)));
  return { overlays, base, files, plain };
}

function filesIn(root: string, folder: string): readonly string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.join(folder, posix.relative(join(root, folder), entry.parentPath), entry.name))
    .sort();
}
