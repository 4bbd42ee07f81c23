/**
 * What the API's Go types know and its OpenAPI document does not: closed sets of values (`+enum`), and when an API is deprecated and removed.
 * Read from the sources of the module k8s.io/api.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param {string} folder of the module k8s.io/api
 * @returns {Record<string, Record<string, string[]>>} name of the definition -> JSON key -> values
 */
export function readEnums(folder) {
  const packages = new Map(
    packagesOf(folder).map((name) => [name, readFileSync(join(folder, name, 'types.go'), 'utf8')]),
  );
  const core = enumTypes(packages.get('core/v1') ?? '');
  const found = {};
  for (const [name, source] of packages) {
    const own = enumTypes(source);
    for (const [struct, body] of structs(source)) {
      const fields = {};
      for (const [, type, key] of body.matchAll(/^\s+\w+\s+(?:\[\])?\*?([\w.]+)\s+`json:"(\w+)/gm)) {
        const values = type.startsWith('v1.') ? core.get(type.slice(3)) : own.get(type);
        if (values) fields[key] = values;
      }
      if (Object.keys(fields).length > 0) found[`io.k8s.api.${name.replace('/', '.')}.${struct}`] = fields;
    }
  }
  return found;
}

/** @returns {Record<string, { deprecated: number | null, removed: number | null, replacement: string | null }>} by `group directory/version Kind`, minor versions of 1 */
export function readLifecycles(folder) {
  const found = {};
  for (const name of packagesOf(folder)) {
    const file = join(folder, name, 'zz_generated.prerelease-lifecycle.go');
    if (!existsSync(file)) continue;
    const source = readFileSync(file, 'utf8');
    const group = /GroupName = "([^"]*)"/.exec(readFileSync(join(folder, name, 'register.go'), 'utf8'))?.[1];
    const version = name.split('/')[1];
    for (const [, kind, what, minor] of source.matchAll(
      /func \(in \*(\w+)\) APILifecycle(Deprecated|Removed)\(\) \(major, minor int\) \{\n\treturn 1, (\d+)/g,
    )) {
      const entry = (found[`${group ? `${group}/` : ''}${version} ${kind}`] ??= {});
      entry[what.toLowerCase()] = Number(minor);
    }
    for (const [, kind, to] of source.matchAll(
      /func \(in \*(\w+)\) APILifecycleReplacement\(\)[^{]+\{\n\treturn schema\.GroupVersionKind\{([^}]*)\}/g,
    )) {
      const [, g = '', v = '', k = ''] =
        /Group: "([^"]*)", Version: "([^"]*)", Kind: "([^"]*)"/.exec(to) ?? [];
      const entry = found[`${group ? `${group}/` : ''}${version} ${kind}`];
      if (entry && k) entry.replacement = `${g ? `${g}/` : ''}${v} ${k}`;
    }
  }
  return found;
}

function packagesOf(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(join(folder, name)).map((version) => `${name}/${version}`))
    .filter((name) => existsSync(join(folder, name, 'types.go')))
    .sort();
}

/** Types marked as closed sets -> their values, in the order of the source. */
function enumTypes(source) {
  const types = [...source.matchAll(/^\/\/ \+enum\n(?:\/\/.*\n)*type (\w+) string$/gm)].map(
    ([, name]) => name,
  );
  const sets = types.map((type) => [
    type,
    // Both `X Type = "x"` and `X = Type("x")`.
    [
      ...source.matchAll(new RegExp(`^\\s+\\w+(?:\\s+${type}\\s+=\\s+|\\s+=\\s+${type}\\()"([^"]*)"`, 'gm')),
    ].map(([, value]) => value),
  ]);
  const empty = sets.find(([, values]) => values.length === 0);
  if (empty)
    throw new Error(
      `${empty[0]} is marked +enum, but no value of it was found. Teach enumTypes how it is written.`,
    );
  return new Map(sets);
}

function structs(source) {
  return [...source.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)].map(([, name, body]) => [name, body]);
}
