import type { ReportSummary } from '../report-summary';

/** A figure then and now. */
export interface Change {
  readonly name: string;
  readonly before: number;
  readonly now: number;
}

/** What differs between two images of a project. */
export interface Comparison {
  /** Digest of the earlier image. */
  readonly digest: string;
  readonly totals: readonly Change[];
  /** Folders by how much they changed, the most first. */
  readonly folders: readonly Change[];
  readonly layers: { readonly same: number; readonly added: number; readonly removed: number };
  /** Null where one of the two has no list of packages. */
  readonly packages: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly updated: readonly { readonly name: string; readonly before: string; readonly now: string }[];
  } | null;
}

/** Compares an image with an earlier one. Pure. */
export function compareSummaries(before: ReportSummary, now: ReportSummary): Comparison {
  const total = (name: string, key: 'uncompressed' | 'compressed' | 'files' | 'wasted' | 'duplicated') => ({
    name,
    before: before[key],
    now: now[key],
  });
  const old = new Set(before.layers.map(({ diffId }) => diffId));
  const same = now.layers.filter(({ diffId }) => old.has(diffId)).length;
  return {
    digest: before.digest,
    totals: [
      total('Uncompressed', 'uncompressed'),
      total('Compressed', 'compressed'),
      total('Files', 'files'),
      total('Wasted', 'wasted'),
      total('Duplicated', 'duplicated'),
    ],
    folders: changedFolders(before, now),
    layers: { same, added: now.layers.length - same, removed: before.layers.length - same },
    packages:
      before.packages === null || now.packages === null
        ? null
        : comparePackages(before.packages, now.packages),
  };
}

/** Only where the folder's size is known on both sides: a list that was cut does not say that a folder was not there. */
function changedFolders(before: ReportSummary, now: ReportSummary): readonly Change[] {
  const names = new Set([...Object.keys(before.folders), ...Object.keys(now.folders)]);
  const sizeIn = ({ folders, allFolders }: ReportSummary, name: string) =>
    Object.hasOwn(folders, name) ? folders[name]! : allFolders ? 0 : null;
  return [...names]
    .flatMap((name): Change[] => {
      const [then, today] = [sizeIn(before, name), sizeIn(now, name)];
      return then === null || today === null || then === today ? [] : [{ name, before: then, now: today }];
    })
    .sort((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before) || (a.name < b.name ? -1 : 1));
}

/** A name that has one version on each side was updated; of a name with several, versions come and go. */
function comparePackages(before: readonly string[], now: readonly string[]): Comparison['packages'] {
  const [old, present] = [new Set(before), new Set(now)];
  const gone = before.filter((purl) => !present.has(purl));
  const come = now.filter((purl) => !old.has(purl));
  const only = (list: readonly string[], name: string) => list.filter((purl) => nameOf(purl) === name);
  const updated = come.flatMap((purl) => {
    const name = nameOf(purl);
    const [earlier, ...others] = only(gone, name);
    if (earlier === undefined || others.length > 0 || only(come, name).length > 1) return [];
    return [{ name, before: versionOf(earlier), now: versionOf(purl) }];
  });
  const names = new Set(updated.map(({ name }) => name));
  return {
    added: come.filter((purl) => !names.has(nameOf(purl))),
    removed: gone.filter((purl) => !names.has(nameOf(purl))),
    updated,
  };
}

function nameOf(purl: string): string {
  const at = purl.lastIndexOf('@');
  return at > 0 ? purl.slice(0, at) : purl;
}

function versionOf(purl: string): string {
  return purl.slice(nameOf(purl).length + 1);
}
