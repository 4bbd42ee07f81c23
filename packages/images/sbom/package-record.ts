/** A package that an image holds, as the image itself says it. */
export interface PackageRecord {
  /** Type of the package URL: https://github.com/package-url/purl-spec */
  readonly type: 'deb' | 'apk' | 'npm' | 'pypi' | 'golang' | 'generic';
  /** Distribution, npm scope or the folders of a Go module; the empty string for none. */
  readonly namespace: string;
  readonly name: string;
  /** Null where the image holds the package and does not say which version. */
  readonly version: string | null;
  /** Of the package URL, e.g. `arch`. */
  readonly qualifiers: Readonly<Record<string, string>>;
  /** As stated, e.g. SPDX expressions or names. Empty where the image states none. */
  readonly licences: readonly string[];
  /** Name by which vulnerability databases know a program that no package manager knows. */
  readonly cpe?: string;
}

/** Where a package was found. */
export interface Occurrence {
  /** Path in the image, without leading slash, of the file that says so. */
  readonly path: string;
  /** Digest of the layer's blob. */
  readonly layer: string;
}

/** A package and where it was found. */
export interface FoundPackage extends PackageRecord {
  readonly occurrences: readonly Occurrence[];
}

/** `/etc/os-release`. */
export interface Distribution {
  /** E.g. `debian`. */
  readonly id: string;
  /** E.g. `13`; null for a rolling one. */
  readonly version: string | null;
  readonly name: string;
}

/** What is known of an image's packages. */
export interface Inventory {
  readonly distribution: Distribution | null;
  /** Sorted by package URL, each once. */
  readonly packages: readonly FoundPackage[];
  /** What of the image could not be catalogued: sentences for people. */
  readonly limits: readonly string[];
}
