import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** All schemas `*.schema.json` below a folder: absolute path and parsed content, sorted by path. */
export function readDescriptionSchemas(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.schema.json'))
    .map((entry) => readSchema(root, join(folder, entry.name)))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

export function readSchema(root, path) {
  const absolute = join(root, path);
  try {
    return { path: relative(root, absolute), schema: JSON.parse(readFileSync(absolute, 'utf8')) };
  } catch (error) {
    throw new GenerateError(`${path}: ${error.message}`);
  }
}

/** A mistake in the tree: the message is one line that names the file. */
export class GenerateError extends Error {
  name = 'GenerateError';
}
