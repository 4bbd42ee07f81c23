import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logger, type ExecutorContext } from '@nx/devkit';
import { buildLayout } from '../../packages/images/fixture-layout';
import { openLayerMemo } from '../../packages/images/layer-memo';
import { openLayout } from '../../packages/images/layout';
import { describeLayout, writeRecord } from '../../packages/images/record';
import sizeCheck from './executor';
import type { SizeReport } from './report';
import type { SizeCheckExecutorSchema } from './schema.gen';

let root: string;
let errors: string[];
let printed: string[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'toolbox-size-'));
  errors = [];
  printed = [];
  jest.spyOn(logger, 'error').mockImplementation((line: string) => void errors.push(line));
  jest.spyOn(logger, 'warn').mockImplementation((line: string) => void printed.push(line));
  jest.spyOn(logger, 'log').mockImplementation((line: string) => void printed.push(line));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

const folder = () => join(root, 'dist/images/api');

async function image(bytes: number, history?: readonly { readonly created_by: string }[]): Promise<void> {
  buildLayout(folder(), [[{ path: 'app/main.js', content: Buffer.alloc(bytes, 'x') }]], { history });
  const facts = { project: 'api', tags: ['api:dev'], base: { name: 'scratch', digest: null } };
  writeRecord(folder(), await describeLayout(openLayout(folder()), facts, openLayerMemo(null)));
}

function describeService(text: string): void {
  mkdirSync(join(root, 'apps/api'), { recursive: true });
  writeFileSync(join(root, 'apps/api/toolbox.yaml'), text);
}

function check(options: SizeCheckExecutorSchema = {}) {
  const projects = { api: { name: 'api', root: 'apps/api' } };
  return sizeCheck(options, {
    root,
    cwd: root,
    isVerbose: false,
    projectName: 'api',
    projectsConfigurations: { version: 2, projects },
    nxJsonConfiguration: {},
    projectGraph: { nodes: {}, dependencies: {} },
  } as ExecutorContext);
}

const report = () => JSON.parse(readFileSync(join(root, 'dist/reports/api/size.json'), 'utf8')) as SizeReport;

it('passes an image within the budget of its description, and leaves the report beside', async () => {
  await image(50_000);
  describeService('runtime: node\nbudget: 100kB\n');
  expect(await check()).toEqual({ success: true });
  expect(report()).toMatchObject({
    passed: true,
    budget: { text: '100kB', bytes: 100_000 },
    uncompressed: 51_712,
  });
  expect(printed.join('\n')).toContain('app/main.js');
  expect(errors).toEqual([]);
});

it.each([
  ['RUN |1 NPM_TOKEN=Zx81kQ9vTr4m /bin/sh -c npm ci', 'RUN |1 NPM_TOKEN=*** /bin/sh -c npm ci'],
  [
    `RUN echo ${['ghp', 'abcdefghijklmnopqrstuvwxyz0123456789'].join('_')}`,
    '*** (holds what looks like a secret)',
  ],
])('repeats no secret of the history: %s', async (command, shown) => {
  await image(1000, [{ created_by: command }]);
  expect(await check({ budget: '1MB' })).toEqual({ success: true });
  expect(report().layers.map(({ instruction }) => instruction)).toEqual([shown]);
  expect(printed.join('\n')).not.toMatch(/Zx81|ghp_/);
});

it('fails one over it, naming the file that holds the budget', async () => {
  await image(200_000);
  describeService('runtime: node\nbudget: 100kB\n');
  expect(await check()).toEqual({ success: false });
  expect(report().passed).toBe(false);
  expect(errors).toEqual([
    expect.stringMatching(/^apps\/api\/toolbox\.yaml: budget: api: .* over the budget of 100kB/),
  ]);
});

it.each<[string, SizeCheckExecutorSchema, boolean]>([
  ['the option counts before the description', { budget: '1MB' }, true],
  ['the compressed size can be limited instead', { budget: '10kB', of: 'compressed' }, true],
  ['and of a description’s budget, too', { of: 'compressed' }, true],
])('%s', async (_, options, success) => {
  await image(200_000);
  describeService('runtime: node\nbudget: 100kB\n');
  expect(await check(options)).toEqual({ success });
});

const damage = (name: string, text: string) => () => writeFileSync(join(folder(), name), text);

it.each<[string, () => void, SizeCheckExecutorSchema, RegExp]>([
  [
    'no image',
    () => rmSync(folder(), { recursive: true }),
    {},
    /^dist\/images\/api: holds no finished image\. Run nx docker-build api first\.$/,
  ],
  [
    'a build that was interrupted',
    () => rmSync(join(folder(), 'image.json')),
    {},
    /^dist\/images\/api: holds no finished image/,
  ],
  [
    'half a record',
    damage('image.json', '{"schemaVersion":1'),
    {},
    /^dist\/images\/api\/image\.json: .* again\.$/,
  ],
  [
    'a layout that is damaged',
    damage('index.json', '{}'),
    {},
    /^dist\/images\/api\/index\.json: .*corrupted/,
  ],
  [
    'a budget that is no size',
    () => undefined,
    { budget: 'small' },
    /^api: budget: "small" is not a size such as 200MB\.$/,
  ],
  [
    'an unknown key',
    () => describeService('runtime: node\nbudge: 1MB\n'),
    {},
    /^apps\/api\/toolbox\.yaml:2: budge is not a key/,
  ],
  [
    'neither description nor option',
    () => rmSync(join(root, 'apps'), { recursive: true }),
    {},
    /^api: has no size budget\./,
  ],
  ['an image outside', () => undefined, { image: '../x' }, /^api: image: /],
  ['a report outside', () => undefined, { json: '/etc/size.json' }, /^api: json: /],
  [
    'a report in the image’s folder',
    () => undefined,
    { json: 'dist/images/api/size.json' },
    /^api: json: .*lies in the image's own folder/,
  ],
])('says in one line what is wrong, and writes no report: %s', async (_, prepare, options, message) => {
  await image(1000);
  describeService('runtime: node\n');
  prepare();
  expect(await check(options)).toEqual({ success: false });
  expect(errors).toEqual([expect.stringMatching(message)]);
  expect(errors[0]).not.toContain('\n');
  expect(existsSync(join(root, 'dist/reports'))).toBe(false);
});
