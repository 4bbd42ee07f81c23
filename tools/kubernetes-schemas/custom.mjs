/** The definitions of the custom resources that stacks use, from their projects' Go modules, without their descriptions. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { goModule } from './go-module.mjs';

/** @returns {object} by `group/version Kind`; its format is CustomTable in packages/manifests/schemas/custom.ts */
export function makeCustomTable(sources) {
  const table = {};
  for (const { module, version, folder } of sources) {
    const path = join(goModule(module, version), folder);
    for (const file of readdirSync(path)
      .filter((name) => name.endsWith('.yaml'))
      .sort()) {
      for (const document of parseAllDocuments(readFileSync(join(path, file), 'utf8')))
        addKinds(table, document.toJS(), `${module}@${version}`);
    }
  }
  return table;
}

function addKinds(table, definition, from) {
  if (definition?.kind !== 'CustomResourceDefinition') return;
  const { group, names, scope, versions } = definition.spec;
  for (const one of versions.filter(({ served }) => served))
    table[`${group}/${one.name} ${names.kind}`] = {
      from,
      namespaced: scope === 'Namespaced',
      ...(one.deprecated ? { deprecated: true } : {}),
      schema: withoutWords(one.schema.openAPIV3Schema),
    };
}

/** Only keywords of a schema are dropped: a property may be called `description`, too. */
function withoutWords(schema) {
  const { description: _, externalDocs: __, example: ___, title: ____, ...kept } = schema;
  for (const key of ['properties', 'patternProperties'])
    if (kept[key])
      kept[key] = Object.fromEntries(
        Object.entries(kept[key]).map(([name, one]) => [name, withoutWords(one)]),
      );
  for (const key of ['items', 'additionalProperties', 'not'])
    if (kept[key] && typeof kept[key] === 'object') kept[key] = withoutWords(kept[key]);
  for (const key of ['anyOf', 'oneOf', 'allOf']) if (kept[key]) kept[key] = kept[key].map(withoutWords);
  return kept;
}
