/**
 * `npm run generate`: rewrites everything that is made from the tree itself. Rooms are found by folder; no list is kept by hand.
 *
 *   npm run generate                writes what is stale and removes what nothing makes any more
 *   npm run generate -- --check     writes nothing; lists what is stale and fails
 *
 * `--root FOLDER` is for the tests: another tree of the same shape.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { renderManifests } from './manifests.mjs';
import { renderPageScript } from './page-script.mjs';
import { renderReference } from './reference.mjs';
import { renderOutputRegistry, renderRuntimeRegistry } from './registries.mjs';
import { GenerateError, readOptionSchemas, readPublishedSchemas } from './schemas.mjs';
import { renderDescriptionTypes, renderOptionTypes } from './types.mjs';
import { renderValidators } from './validators.mjs';

const workspace = fileURLToPath(new URL('../..', import.meta.url));
const { values } = parseArgs({ options: { check: { type: 'boolean' }, root: { type: 'string' } } });
const root = values.root ?? workspace;

try {
  const files = await renderAll(root);
  const stale = findStale(files);
  if (values.check) report(stale);
  else write(files, stale);
} catch (error) {
  if (!(error instanceof GenerateError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** Every generated file: path relative to the root -> content. */
async function renderAll(root) {
  const generators = readOptionSchemas(root, 'generators');
  const executors = readOptionSchemas(root, 'executors');
  const published = readPublishedSchemas(root);
  // The room that parses what users write; other rooms only publish what their own types say already.
  const descriptions = published.filter(({ room }) => room === 'service');
  const files = {
    ...(await renderDescriptionTypes(descriptions)),
    ...(await renderValidators(descriptions)),
    ...(await renderOptionTypes(generators, 'Generator')),
    ...(await renderOptionTypes(executors, 'Executor')),
    ...renderManifests(root, generators, executors),
    ...(await renderPageScript(root)),
    ...renderRuntimeRegistry(root),
    ...renderOutputRegistry(root),
    ...renderReference({ generators, executors, published }),
  };
  return new Map(
    await Promise.all(Object.entries(files).map(async ([path, text]) => [path, await formatted(path, text)])),
  );
}

/** TypeScript and JSON as the repository formats them; Markdown tables and bundled code are as they should be already. */
async function formatted(path, text) {
  if (!/\.(ts|json)$/.test(path)) return text;
  const config = await resolveConfig(join(workspace, 'package.json'));
  return format(text, { ...config, filepath: path });
}

/** Paths that differ from the disk, and generated files on disk that nothing makes any more. */
function findStale(files) {
  const differing = [...files].filter(([path, text]) => read(path) !== text).map(([path]) => path);
  const orphans = [
    ...filesBelow('docs/reference', () => true),
    ...['packages', 'generators', 'executors'].flatMap((room) =>
      filesBelow(room, (name) => /\.gen\.(d\.ts|ts|js)$/.test(name)),
    ),
  ].filter((path) => !files.has(path));
  return { differing: differing.sort(), orphans: orphans.sort() };
}

function write(files, { differing, orphans }) {
  for (const path of differing) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), files.get(path));
    console.log(`wrote ${path}`);
  }
  for (const path of orphans) {
    rmSync(join(root, path));
    console.log(`removed ${path}`);
  }
  if (differing.length + orphans.length === 0) console.log(`${files.size} generated files are current`);
}

function report({ differing, orphans }) {
  if (differing.length + orphans.length === 0) return;
  for (const path of differing) console.error(`${path}: ${read(path) === null ? 'is missing' : 'is stale'}`);
  for (const path of orphans) console.error(`${path}: is made from nothing any more`);
  console.error('Generated files are not current: run npm run generate');
  process.exitCode = 1;
}

function read(path) {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null;
}

function filesBelow(folder, wanted) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ['node_modules', 'dist', 'files'].includes(entry.name) ? [] : filesBelow(path, wanted);
    return wanted(entry.name) ? [path] : [];
  });
}
