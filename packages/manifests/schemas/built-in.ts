import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Definitions, Kind, Schema } from './schema';

/** What is in `files/built-in.json.gz`; tools/kubernetes-schemas makes it. */
interface BuiltInTable {
  /** Full versions, oldest first; their place here is the bit in every entry. */
  readonly versions: readonly string[];
  readonly definitions: Readonly<Record<string, readonly Entry<Schema>[]>>;
  /** By `group/version Kind`. */
  readonly kinds: Readonly<
    Record<string, readonly Entry<{ readonly definition: string; readonly namespaced: boolean }>[]>
  >;
  /** Minor versions of Kubernetes 1 in which a kind becomes deprecated, or is no longer served. */
  readonly lifecycles: Readonly<Record<string, Lifecycle>>;
}

interface Lifecycle {
  readonly deprecated?: number;
  readonly removed?: number;
  readonly replacement?: string;
}

/** Bits of the versions, and what they have. */
type Entry<T> = readonly [number, T];

/** The kinds that the API server of one Kubernetes version has itself. */
export interface BuiltIn {
  /** Null where this version does not have it. @param key `apps/v1 Deployment` */
  readonly kind: (key: string) => Kind | null;
  readonly definitions: Definitions;
  /** Why this version does not have the kind; null where no version that is known had it. */
  readonly whyMissing: (key: string) => { readonly why: string; readonly fix: string } | null;
  /** All API versions that this version has of a kind. */
  readonly apiVersionsOf: (kind: string) => readonly string[];
}

let table: BuiltInTable | undefined;
function loaded(): BuiltInTable {
  table ??= JSON.parse(
    gunzipSync(readFileSync(join(__dirname, 'files', 'built-in.json.gz'))).toString(),
  ) as BuiltInTable;
  return table;
}

/** Minor versions whose schemas are known, oldest first: `1.29` … */
export function knownVersions(): readonly string[] {
  return loaded().versions.map(minorOf);
}

/** @param minor one of `knownVersions()` */
export function builtInOf(minor: string): BuiltIn {
  const { versions, definitions, kinds, lifecycles } = loaded();
  const bit = 1 << versions.map(minorOf).indexOf(minor);
  const find = <T>(entries: readonly Entry<T>[] | undefined): T | undefined =>
    entries?.find(([bits]) => bits & bit)?.[1];
  const number = Number(minor.split('.')[1]);
  return {
    definitions: (name) => find(definitions[name])!,
    kind: (key) => {
      const found = find(kinds[key]);
      if (!found) return null;
      return {
        schema: { ref: found.definition },
        namespaced: found.namespaced,
        isCustom: false,
        deprecation: deprecationOf(lifecycles[key], number),
      };
    },
    whyMissing: (key) => {
      const { removed, replacement } = lifecycles[key] ?? {};
      if (removed === undefined || removed > number) return null;
      return {
        why: `${key} is no longer served since Kubernetes 1.${removed}.`,
        fix: replacement ? `Use ${replacement}.` : 'Remove it.',
      };
    },
    apiVersionsOf: (kind) =>
      Object.keys(kinds)
        .filter((key) => key.endsWith(` ${kind}`) && find(kinds[key]))
        .map((key) => key.split(' ')[0]!),
  };
}

function deprecationOf({ deprecated, removed, replacement }: Lifecycle = {}, minor: number): string | null {
  if (deprecated === undefined || deprecated > minor) return null;
  const until = removed === undefined ? '' : `, and not served from 1.${removed} on`;
  return `is deprecated since Kubernetes 1.${deprecated}${until}.${replacement ? ` Use ${replacement}.` : ''}`;
}

function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
