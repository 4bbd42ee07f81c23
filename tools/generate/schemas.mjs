import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { join } from 'node:path/posix';

/** A mistake in the tree: the message is one line that names the file. */
export class GenerateError extends Error {
  name = 'GenerateError';
}

/** Names of the folders in a room, sorted. A room that is not there has none. */
export function foldersOf(root, room) {
  if (!existsSync(join(root, room))) return [];
  return readdirSync(join(root, room), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .map((entry) => entry.name)
    .sort();
}

/** The schema of every folder of `generators/` or `executors/`: `{ name, path, schema }`. */
export function readOptionSchemas(root, room) {
  return foldersOf(root, room)
    .map((name) => ({ name, path: join(room, name, 'schema.json') }))
    .filter(({ name, path }) => {
      if (existsSync(join(root, path))) return true;
      const code = join(room, name, room === 'generators' ? 'generator.ts' : 'executor.ts');
      if (existsSync(join(root, code)))
        throw new GenerateError(`${path}: is missing beside ${basename(code)}`);
      return false;
    })
    .map(({ name, path }) => ({ name, path, schema: readSchema(root, path) }));
}

/** Every `packages/<room>/<name>.schema.json`: `{ name, path, room, schema }`, sorted by path. */
export function readPublishedSchemas(root) {
  return foldersOf(root, 'packages').flatMap((room) =>
    readdirSync(join(root, 'packages', room))
      .filter((file) => file.endsWith('.schema.json'))
      .sort()
      .map((file) => {
        const path = join('packages', room, file);
        return { name: file.replace('.schema.json', ''), path, room, schema: readSchema(root, path) };
      }),
  );
}

function readSchema(root, path) {
  try {
    const schema = JSON.parse(readFileSync(join(root, path), 'utf8'));
    checkSchema(schema, path);
    return schema;
  } catch (error) {
    if (error instanceof GenerateError) throw error;
    throw new GenerateError(`${path}: ${error.message}`);
  }
}

/**
 * What a schema needs to be of use: a description everywhere (`--help` prints `undefined` otherwise), and no unknown key, so that
 * a misspelt option is an error.
 */
function checkSchema(schema, path) {
  if (!schema.description) throw new GenerateError(`${path}: has no description`);
  const visit = (part, key) => {
    const at = key === '' ? path : `${path}: ${key}`;
    if (part.properties && part.additionalProperties !== false)
      throw new GenerateError(`${at}: needs "additionalProperties": false`);
    for (const [name, property] of Object.entries(part.properties ?? {})) {
      const inner = key === '' ? name : `${key}.${name}`;
      if (!property.description) throw new GenerateError(`${path}: ${inner}: has no description`);
      visit(property, inner);
    }
    if (part.items && typeof part.items === 'object') visit(part.items, `${key}[]`);
    if (part.additionalProperties && typeof part.additionalProperties === 'object')
      visit(part.additionalProperties, `${key}.*`);
    for (const choice of [...(part.oneOf ?? []), ...(part.anyOf ?? [])]) visit(choice, key);
    for (const [name, definition] of Object.entries(part.definitions ?? {}))
      visit(definition, `definitions.${name}`);
  };
  visit(schema, '');
}

/** The part of a schema that a property stands for: `$ref` followed, its own keys first. */
export function dereference(schema, part) {
  if (!part?.$ref) return part;
  const { $ref, ...own } = part;
  const target = $ref
    .split('/')
    .slice(1)
    .reduce((at, name) => at?.[name], schema);
  if (!target) throw new GenerateError(`${schema.title}: ${$ref} leads nowhere`);
  return { ...dereference(schema, target), ...own };
}
