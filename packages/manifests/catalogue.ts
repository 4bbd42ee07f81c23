import { builtInOf, knownVersions, type BuiltIn } from './schemas/built-in';
import { kindsOfDefinition, shippedKind } from './schemas/custom';
import type { Definitions, Kind } from './schemas/schema';

/** All kinds of objects that can be checked: those of one Kubernetes version, and custom resources. */
export interface Catalogue {
  /** Such as `1.37`. */
  readonly version: string;
  readonly definitions: Definitions;
  /** Null where nobody described it. */
  readonly kind: (apiVersion: string, kind: string) => Kind | null;
  readonly builtIn: BuiltIn;
}

/** Minor versions that can be chosen, oldest first. */
export { knownVersions };

/** The newest version whose schemas are known. */
export function newestVersion(): string {
  return knownVersions().at(-1)!;
}

/**
 * @param version one of `knownVersions()`
 * @param ownDefinitions CustomResourceDefinitions of the user; they come before those that ship with the plugin
 */
export function catalogueOf(version: string, ownDefinitions: readonly unknown[]): Catalogue {
  const builtIn = builtInOf(version);
  const own = new Map(ownDefinitions.flatMap((definition) => [...kindsOfDefinition(definition)]));
  return {
    version,
    definitions: builtIn.definitions,
    builtIn,
    kind: (apiVersion, kind) => {
      const key = `${apiVersion} ${kind}`;
      return builtIn.kind(key) ?? own.get(key) ?? shippedKind(key);
    },
  };
}
