import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { logger, type ExecutorContext } from '@nx/devkit';
import { buildLayout } from '../../packages/images/fixture-layout';
import { openLayerMemo } from '../../packages/images/layer-memo';
import { openLayout } from '../../packages/images/layout';
import { describeLayout, writeRecord } from '../../packages/images/record';
import { FixtureWorkspace } from '../fixture-workspace';
import type { ReportSummary } from '../report-summary';
import stackReport from './executor';

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

/** An image of two layers, of which the first is the same for all, and what its report says of it. */
async function image(project: string, bytes: number, part: Partial<ReportSummary> = {}): Promise<void> {
  const folder = join(workspace.root, 'dist/images', project);
  buildLayout(folder, [
    [{ path: 'base', content: 'b'.repeat(40_000) }],
    [{ path: 'own', content: project.repeat(bytes) }],
  ]);
  const layout = openLayout(folder);
  const facts = { project, tags: [], base: { name: '<b>base', digest: null } };
  const record = await describeLayout(layout, facts, openLayerMemo(null));
  writeRecord(folder, record);
  const summary: ReportSummary = {
    schemaVersion: 1,
    project,
    digest: record.digest,
    base: record.base,
    ...record.sizes,
    files: 2,
    wasted: 0,
    duplicated: 0,
    budget: { bytes: 50_000, text: '50kB', of: 'uncompressed' },
    layers: [],
    folders: {},
    allFolders: true,
    packages: null,
    findings: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
    scanner: null,
    ...part,
  };
  workspace.write(`dist/reports/${project}/report/summary.json`, JSON.stringify(summary));
}

function run(...names: readonly string[]) {
  const build = { executor: 'toolbox:build' };
  const projects = Object.fromEntries([
    ...names.map((name) => [name, { root: `apps/${name}`, targets: { 'docker-build': build } }] as const),
    ['infrastructure', { root: 'infrastructure' }] as const,
  ]);
  return stackReport({ budget: '60kB' }, {
    ...workspace.context,
    projectName: 'infrastructure',
    projectsConfigurations: { version: 2, projects },
  } as ExecutorContext);
}

const page = () =>
  readFileSync(join(workspace.root, 'dist/reports/infrastructure/report/index.html'), 'utf8');

it('puts all images on one page, shared layers once, with links to their pages', async () => {
  await image('api', 1000, {
    findings: { critical: 2, high: 1, medium: 0, low: 0, info: 0 },
    scanner: 'grype 0.99',
  });
  await image('@acme/web', 3000, { budget: null });
  expect(await run('api', '@acme/web')).toEqual({ success: true });
  expect(page()).toContain('<a href="../../api/report/index.html">api</a>');
  expect(page()).toContain('<a href="../../%40acme/web/report/index.html">@acme/web</a>');
  expect(page()).toContain('no budget');
  expect(page()).toMatch(/% of the budget of 60kB, [\d.]+ kB too much/);
  expect(page()).toContain('api, @acme/web'.split(', ').sort().join(', '));
  expect(page()).toContain('&lt;b&gt;base');
  expect(page()).toContain('<span class="bad">2</span>');
  expect(page()).not.toMatch(/<script|https?:/);
});

it('asks for a report that is missing, or about an earlier image', async () => {
  await image('api', 10, { digest: `sha256:${'0'.repeat(64)}` });
  expect(await run('api')).toEqual({ success: false });
  await image('web', 10);
  workspace.write('dist/reports/web/report/summary.json', '[]');
  expect(await run('web')).toEqual({ success: false });
  expect(errors).toEqual([
    'dist/reports/api/report/summary.json: is about an earlier image of api. Run nx docker-report api.',
    "dist/reports/web/report/summary.json: is not a summary of an image's report. Run nx docker-report web.",
  ]);
});
