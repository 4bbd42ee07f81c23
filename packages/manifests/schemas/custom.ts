import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { fromOpenApi, type OpenApi } from './open-api';
import type { Kind, Schema } from './schema';

/** A definition as it is in `files/custom.json.gz`; tools/kubernetes-schemas makes it. */
interface CustomEntry {
  /** Go module and version that it comes from. */
  readonly from: string;
  readonly namespaced: boolean;
  readonly deprecated?: boolean;
  readonly schema: OpenApi;
}

/** What of a CustomResourceDefinition matters here. */
interface Definition {
  readonly spec?: {
    readonly group?: string;
    readonly scope?: string;
    readonly names?: { readonly kind?: string };
    readonly versions?: readonly {
      readonly name?: string;
      readonly served?: boolean;
      readonly deprecated?: boolean;
      readonly schema?: { readonly openAPIV3Schema?: OpenApi };
    }[];
  };
}

/** What every object has; a definition need not name it. */
const ofEveryObject: NonNullable<Schema['properties']> = {
  apiVersion: { type: 'string' },
  kind: { type: 'string' },
  metadata: { ref: 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' },
};

let table: Readonly<Record<string, CustomEntry>> | undefined;
const converted = new Map<string, Kind>();

/** A custom resource of the projects that ship with the plugin. @param key `keda.sh/v1alpha1 ScaledObject` */
export function shippedKind(key: string): Kind | null {
  table ??= JSON.parse(
    gunzipSync(readFileSync(join(__dirname, 'files', 'custom.json.gz'))).toString(),
  ) as Readonly<Record<string, CustomEntry>>;
  const entry = Object.hasOwn(table, key) ? table[key]! : null;
  if (!entry) return null;
  if (!converted.has(key))
    converted.set(key, kindOf(entry.schema, entry.namespaced, entry.deprecated ?? false));
  return converted.get(key)!;
}

/** The kinds of a CustomResourceDefinition (`apiextensions.k8s.io/v1`) by `group/version Kind`; none where it lacks what it has to have. */
export function kindsOfDefinition(object: unknown): ReadonlyMap<string, Kind> {
  const { group, scope, names, versions = [] } = (object as Definition).spec ?? {};
  const found = new Map<string, Kind>();
  for (const { name, served, deprecated = false, schema } of versions) {
    if (!group || !names?.kind || !name || served === false || !schema?.openAPIV3Schema) continue;
    found.set(
      `${group}/${name} ${names.kind}`,
      kindOf(schema.openAPIV3Schema, scope === 'Namespaced', deprecated),
    );
  }
  return found;
}

function kindOf(schema: OpenApi, namespaced: boolean, deprecated: boolean): Kind {
  const own = fromOpenApi(schema);
  return {
    schema: { ...own, properties: { ...own.properties, ...ofEveryObject } },
    namespaced,
    isCustom: true,
    deprecation: deprecated ? 'is deprecated by its project. Use the version that replaces it.' : null,
  };
}
