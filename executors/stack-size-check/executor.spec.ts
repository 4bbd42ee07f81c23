import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { logger } from '@nx/devkit';
import { buildLayout } from '../../packages/images/fixture-layout';
import { openLayout } from '../../packages/images/layout';
import { openLayerMemo } from '../../packages/images/layer-memo';
import { describeLayout, writeRecord } from '../../packages/images/record';
import { FixtureWorkspace } from '../fixture-workspace';
import stackSizeCheck from './executor';
import type { StackSizeReport } from '../stack-size';

let workspace: FixtureWorkspace;
let errors: string[];

beforeEach(() => {
  workspace = new FixtureWorkspace();
  errors = [];
  jest.spyOn(logger, 'log').mockImplementation(() => undefined);
  jest.spyOn(logger, 'error').mockImplementation((line: string) => void errors.push(line));
});
afterEach(() => {
  jest.restoreAllMocks();
  workspace.remove();
});

/** An image of layers with one file of that many bytes each. */
async function image(project: string, ...sizes: readonly number[]): Promise<void> {
  const folder = join(workspace.root, 'dist/images', project);
  buildLayout(
    folder,
    sizes.map((size) => [{ path: `f${size}`, content: 'x'.repeat(size) }]),
  );
  const facts = { project, tags: [], base: { name: 'scratch', digest: null } };
  writeRecord(folder, await describeLayout(openLayout(folder), facts, openLayerMemo(null)));
}

function check(options: Parameters<typeof stackSizeCheck>[0] = {}, images = ['api', 'web']) {
  const targets = { 'docker-build': { executor: 'toolbox:build' } };
  const projects = {
    infrastructure: { root: 'infrastructure', targets: {} },
    library: { root: 'libs/library', targets: { build: { executor: 'nx:run-commands' } } },
    ...Object.fromEntries(images.map((name) => [name, { root: `apps/${name}`, targets }])),
  };
  return stackSizeCheck(options, {
    ...workspace.context,
    projectName: 'infrastructure',
    projectsConfigurations: { version: 2, projects },
  });
}

const report = () =>
  JSON.parse(
    readFileSync(join(workspace.root, 'dist/reports/infrastructure/size.json'), 'utf8'),
  ) as StackSizeReport;

it('counts a layer that images share once', async () => {
  await image('api', 100_000, 5_000);
  await image('web', 100_000, 9_000);
  expect(await check()).toEqual({ success: true });
  const { images, shared, uncompressed, passed, budget } = report();
  const sum = images.reduce((total, { own }) => total + own.uncompressed, shared[0]!.uncompressed);
  expect({ passed, budget: budget.text, shared: shared.map((layer) => layer.images) }).toEqual({
    passed: true,
    budget: '500MB',
    shared: [['api', 'web']],
  });
  expect(uncompressed).toBe(sum);
  expect(uncompressed).toBeLessThan(images[0]!.uncompressed + images[1]!.uncompressed - 90_000);
});

it('fails over the budget and names the image with the most of its own', async () => {
  await image('api', 100_000, 5_000);
  await image('web', 100_000, 90_000);
  workspace.write('infrastructure/toolbox.yaml', 'name: acme\nbudget: 150kB\n');
  expect(await check()).toEqual({ success: false });
  expect(report().passed).toBe(false);
  expect(errors).toEqual([
    expect.stringMatching(
      /^infrastructure\/toolbox\.yaml: budget: all images together are 0\.2 MB uncompressed, .* over the budget of 150kB\. Look at web first/,
    ),
  ]);
  expect(await check({ budget: '1MB' })).toEqual({ success: true });
  expect(await check({ of: 'compressed' })).toEqual({ success: true });
});

it.each<[string, string[], object, RegExp]>([
  [
    'an image that was not built',
    ['api'],
    {},
    /^dist\/images\/api: holds no finished image\. Run nx docker-build api/,
  ],
  ['no image', [], {}, /^No project of the workspace has an image/],
  ['a budget that is none', ['api'], { budget: 'much' }, /^infrastructure: budget: /],
])('says in one line that there is %s', async (_, images, options, line) => {
  expect(await check(options, images)).toEqual({ success: false });
  expect(errors).toEqual([expect.stringMatching(line)]);
  expect(existsSync(join(workspace.root, 'dist/reports'))).toBe(false);
});
