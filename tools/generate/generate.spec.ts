import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const workspace = join(__dirname, '..', '..');
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'toolbox-generate-'));
  for (const name of ['service', 'stack', 'plugin-options'])
    cpSync(
      join(workspace, `packages/service/${name}.schema.json`),
      file(`packages/service/${name}.schema.json`),
    );
  put('packages/runtimes/node/runtime.ts', 'export const runtime = {};\n');
  put('packages/runtimes/static/runtime.ts', 'export const runtime = {};\n');
  put('packages/runtimes/runtime.ts', 'export interface Runtime {}\n');
  putSchema('generators/service', {
    description: 'Makes a service. And more.',
    properties: {
      name: { type: 'string', description: 'Name.', $default: { $source: 'argv', index: 0 } },
      port: { type: 'integer', description: 'Port | number <n>.', default: 3000 },
      secret: { type: 'string', description: 'Not shown.', 'x-hidden': true },
    },
    required: ['name'],
    examples: [{ command: 'npx nx g toolbox:service api', description: 'A new app.' }],
  });
  putSchema('generators/internal', { description: 'For Nx only.', 'x-hidden': true, properties: {} });
  putSchema('executors/size-check', { description: 'Checks a size.', properties: {} });
  put('executors/size-check/batch.ts', '');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const file = (path: string) => join(root, path);

function put(path: string, text: string) {
  mkdirSync(dirname(file(path)), { recursive: true });
  writeFileSync(file(path), text);
}

function putSchema(folder: string, schema: object) {
  put(`${folder}/schema.json`, JSON.stringify({ type: 'object', additionalProperties: false, ...schema }));
}

function generate(...args: string[]) {
  const tool = join(__dirname, 'generate.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [tool, '--root', root, ...args], {
    encoding: 'utf8',
    cwd: root,
  });
  return { status, stdout, stderr };
}

const read = (path: string) => readFileSync(file(path), 'utf8');

test('everything is found by folder; a second run changes nothing', () => {
  expect(generate()).toMatchObject({ status: 0, stderr: '' });
  expect(JSON.parse(read('packages/toolbox/generators.json')).generators).toEqual({
    internal: {
      factory: './dist/generators/internal/generator',
      schema: './dist/generators/internal/schema.json',
      description: 'For Nx only.',
      hidden: true,
    },
    service: {
      factory: './dist/generators/service/generator',
      schema: './dist/generators/service/schema.json',
      description: 'Makes a service. And more.',
    },
  });
  expect(JSON.parse(read('packages/toolbox/executors.json')).executors).toEqual({
    'size-check': {
      implementation: './dist/executors/size-check/executor',
      batchImplementation: './dist/executors/size-check/batch',
      schema: './dist/executors/size-check/schema.json',
      description: 'Checks a size.',
    },
  });
  expect(read('packages/runtimes/registry.gen.ts')).toContain('= [nodeRuntime, staticRuntime];');
  expect(read('generators/service/schema.gen.ts')).toMatch(
    /export interface ServiceGeneratorSchema \{[^]*port\?: number;/,
  );
  expect(read('executors/size-check/schema.gen.ts')).toContain('export interface SizeCheckExecutorSchema');
  expect(generate()).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^\d+ generated files are current\n$/),
  });
  expect(generate('--check')).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('the folder that it runs in, and the place of the tree, leave no trace', () => {
  generate();
  const validators = 'packages/service/validators.gen.js';
  expect(read(validators)).toBe(readFileSync(join(workspace, validators), 'utf8'));
  expect(read(validators)).not.toMatch(/node_modules\//);
});

test('the pages of the reference', () => {
  generate();
  const page = read('docs/reference/generators/service.md');
  expect(page).toContain('npx nx g toolbox:service <name> [options]');
  expect(page).toContain('A new app.\n\n```sh\nnpx nx g toolbox:service api\n```');
  expect(page).toContain('| `--name` | string | **required** | Name. |');
  expect(page).toContain('| `--port` | integer | `3000` | Port \\| number &lt;n>. |');
  expect(page).not.toContain('secret');
  const index = read('docs/reference/index.md');
  expect(index).toContain('- [`toolbox:service`](generators/service.md): Makes a service.\n');
  expect(index).not.toContain('internal');
  expect(existsSync(file('docs/reference/generators/internal.md'))).toBe(false);
  expect(read('docs/reference/schemas/service.md')).toContain('| `scale.min` | integer | `2` |');
});

test('--check lists what is stale, missing and left over, writes nothing, and says what to do', () => {
  generate();
  put('packages/toolbox/generators.json', '{}');
  put('generators/gone/schema.gen.ts', '');
  rmSync(file('docs/reference/index.md'));
  expect(generate('--check')).toEqual({
    status: 1,
    stdout: '',
    stderr: [
      'docs/reference/index.md: is missing',
      'packages/toolbox/generators.json: is stale',
      'generators/gone/schema.gen.ts: is made from nothing any more',
      'Generated files are not current: run npm run generate',
      '',
    ].join('\n'),
  });
  expect(read('packages/toolbox/generators.json')).toBe('{}');
  expect(generate().stdout).toBe(
    'wrote docs/reference/index.md\nwrote packages/toolbox/generators.json\nremoved generators/gone/schema.gen.ts\n',
  );
  expect(generate('--check').status).toBe(0);
});

test.each<[string, () => void, string]>([
  [
    'a property without a description',
    () => putSchema('generators/x', { description: 'X.', properties: { a: { type: 'string' } } }),
    'generators/x/schema.json: a: has no description',
  ],
  [
    'an inner one',
    () =>
      putSchema('executors/x', {
        description: 'X.',
        properties: {
          a: {
            type: 'array',
            description: 'A.',
            items: { properties: { b: {} }, additionalProperties: false },
          },
        },
      }),
    'executors/x/schema.json: a[].b: has no description',
  ],
  [
    'a schema without a description',
    () => putSchema('generators/x', { properties: {} }),
    'generators/x/schema.json: has no description',
  ],
  [
    'unknown keys let through',
    () => putSchema('generators/x', { description: 'X.', properties: {}, additionalProperties: true }),
    'generators/x/schema.json: needs "additionalProperties": false',
  ],
  ['no JSON', () => put('generators/x/schema.json', '{'), 'generators/x/schema.json: '],
  [
    'code without a schema',
    () => put('generators/x/generator.ts', ''),
    'generators/x/schema.json: is missing beside generator.ts',
  ],
  [
    'a runtime that exports none',
    () => put('packages/runtimes/go/runtime.ts', 'export default {};'),
    'packages/runtimes/go/runtime.ts: exports no const named runtime',
  ],
])('%s is one clear line, and nothing is written', (_, spoil, message) => {
  spoil();
  const { status, stdout, stderr } = generate();
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr.trim().split('\n')).toEqual([expect.stringContaining(message)]);
  expect(existsSync(file('packages/toolbox'))).toBe(false);
});
