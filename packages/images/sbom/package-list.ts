import type { FoundPackage, Occurrence, PackageRecord } from './package-record';
import { purlOf } from './purl';

/** Packages, each once with all places where it was found. */
export class PackageList {
  private readonly byPurl = new Map<string, { record: PackageRecord; places: Map<string, Occurrence> }>();

  add(record: PackageRecord, place: Occurrence): void {
    const purl = purlOf(record);
    const known = this.byPurl.get(purl) ?? { record, places: new Map<string, Occurrence>() };
    // The first copy that states a licence speaks for the others.
    if (known.record.licences.length === 0) known.record = record;
    known.places.set(`${place.path}\0${place.layer}`, place);
    this.byPurl.set(purl, known);
  }

  addAll(packages: readonly FoundPackage[]): void {
    for (const { occurrences, ...record } of packages)
      for (const place of occurrences) this.add(record, place);
  }

  sorted(): FoundPackage[] {
    return [...this.byPurl]
      .sort(([a], [b]) => compare(a, b))
      .map(([, { record, places }]) => ({
        ...record,
        occurrences: [...places].sort(([a], [b]) => compare(a, b)).map(([, place]) => place),
      }));
  }
}

/** By code units: the same everywhere. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
