import { existsSync } from 'node:fs';
import { join } from 'node:path/posix';

/** `generators.json` and `executors.json` of the published package: one entry per folder. */
export function renderManifests(root, generators, executors) {
  return {
    'packages/toolbox/generators.json': json({
      $schema: 'http://json-schema.org/schema',
      generators: entries(generators, ({ name, schema }) => ({
        factory: `./dist/generators/${name}/generator`,
        schema: `./dist/generators/${name}/schema.json`,
        description: schema.description,
        ...(schema['x-hidden'] ? { hidden: true } : {}),
      })),
    }),
    'packages/toolbox/executors.json': json({
      $schema: 'http://json-schema.org/schema',
      executors: entries(executors, ({ name, schema }) => ({
        implementation: `./dist/executors/${name}/executor`,
        ...(existsSync(join(root, 'executors', name, 'batch.ts'))
          ? { batchImplementation: `./dist/executors/${name}/batch` }
          : {}),
        schema: `./dist/executors/${name}/schema.json`,
        description: schema.description,
        ...(schema['x-hidden'] ? { hidden: true } : {}),
      })),
    }),
  };
}

function entries(schemas, entryOf) {
  return Object.fromEntries(schemas.map((schema) => [schema.name, entryOf(schema)]));
}

function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}
