/** The kinds that the API server has itself, of several Kubernetes versions in one compact table: what is alike in several versions is there once. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goModule } from './go-module.mjs';
import { readEnums, readLifecycles } from './go-types.mjs';

/** Definitions whose form on the wire is not what their own schema says. */
const special = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: 'string', format: 'quantity' },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { type: 'string', format: 'int-or-string' },
  'io.k8s.apimachinery.pkg.runtime.RawExtension': { type: 'object', open: true },
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': { type: 'object', open: true },
};

/**
 * @param {readonly string[]} versions full ones, oldest first
 * @returns {object} the table; its format is BuiltInTable in packages/manifests/schemas/built-in.ts
 */
export function makeBuiltInTable(versions) {
  const table = { versions, definitions: {}, kinds: {}, lifecycles: {} };
  versions.forEach((version, at) => {
    const swagger = JSON.parse(
      readFileSync(
        join(goModule('k8s.io/kubernetes', `v${version}`), 'api/openapi-spec/swagger.json'),
        'utf8',
      ),
    );
    const types = goModule('k8s.io/api', `v0${version.slice(1)}`);
    const enums = readEnums(types);
    const namespaced = namespacedKinds(swagger.paths);
    for (const [name, definition] of Object.entries(swagger.definitions)) {
      addVersion((table.definitions[name] ??= []), at, special[name] ?? compact(definition, enums[name]));
      for (const { group, version: apiVersion, kind } of definition['x-kubernetes-group-version-kind'] ??
        []) {
        const key = `${group ? `${group}/` : ''}${apiVersion} ${kind}`;
        const scope = namespaced.get(key);
        if (scope === undefined) continue;
        addVersion((table.kinds[key] ??= []), at, { definition: name, namespaced: scope });
      }
    }
    Object.assign(table.lifecycles, readLifecycles(types));
  });
  table.lifecycles = Object.fromEntries(
    Object.entries(table.lifecycles).filter(([key]) => !/List$|Options$/.test(key)),
  );
  return table;
}

/** Entries are [bits of the versions, what is in them]. */
function addVersion(entries, at, value) {
  const text = JSON.stringify(value);
  const same = entries.find((entry) => JSON.stringify(entry[1]) === text);
  if (same) same[0] |= 1 << at;
  else entries.push([1 << at, value]);
}

function compact(schema, enums = {}) {
  if (schema.$ref) return { ref: schema.$ref.replace('#/definitions/', '') };
  const { type, format, properties, required, items, additionalProperties } = schema;
  const keys = schema['x-kubernetes-list-map-keys'];
  return {
    ...(type ? { type } : {}),
    ...(format ? { format } : {}),
    ...(properties
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, one]) => [name, withEnum(compact(one), enums[name])]),
          ),
        }
      : {}),
    ...(required ? { required } : {}),
    ...(items ? { items: compact(items) } : {}),
    ...(additionalProperties ? { values: compact(additionalProperties) } : {}),
    // A definition that says nothing about its inside takes everything (JSON, RawExtension).
    ...(!properties && !additionalProperties && (type === 'object' || !type) ? { open: true } : {}),
    ...(keys ? { listKeys: keys } : {}),
  };
}

function withEnum(schema, values) {
  if (!values) return schema;
  return schema.type === 'array'
    ? { ...schema, items: { ...schema.items, enum: values } }
    : { ...schema, enum: values };
}

/** What can be created -> does it live in a namespace? */
function namespacedKinds(paths) {
  const found = new Map();
  for (const [path, operations] of Object.entries(paths)) {
    // Only a list can be posted to; the last part of its path is the resource.
    const gvk = operations.post?.['x-kubernetes-group-version-kind'];
    if (!gvk || /\{name\}/.test(path)) continue;
    found.set(`${gvk.group ? `${gvk.group}/` : ''}${gvk.version} ${gvk.kind}`, path.includes('{namespace}'));
  }
  return found;
}
