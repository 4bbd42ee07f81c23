import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { logger } from '@nx/devkit';
import { buildLayout, type FixtureEntry } from '../../packages/images/fixture-layout';
import { openLayerMemo } from '../../packages/images/layer-memo';
import { openLayout } from '../../packages/images/layout';
import { describeLayout, writeRecord } from '../../packages/images/record';
import type { PageData } from '../../packages/report/page-data';
import { FixtureWorkspace } from '../fixture-workspace';
import type { ReportSummary } from '../report-summary';
import report from './executor';

const hostile = `</script><img src=x onerror="alert('1')">`;

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

const own: readonly FixtureEntry[] = [
  { path: 'app/main.js', content: 'x'.repeat(9000) },
  { path: 'app/copy.js', content: 'x'.repeat(9000) },
  { path: `app/${hostile}`, content: 'y'.repeat(70) },
  { path: 'usr/lib/.wh.old.so' },
];

async function image(entries: readonly FixtureEntry[] = own): Promise<string> {
  const folder = join(workspace.root, 'dist/images/api');
  const history = [{ created_by: 'ADD rootfs.tar /' }, { created_by: `RUN echo "${hostile}" # buildkit` }];
  buildLayout(folder, [[{ path: 'usr/lib/old.so', content: 'z'.repeat(5000) }], entries], { history });
  const layout = openLayout(folder);
  const facts = { project: 'api', tags: [hostile], base: { name: hostile, digest: null } };
  writeRecord(folder, await describeLayout(layout, facts, openLayerMemo(null)));
  return layout.root.digest;
}

const read = (file: string) => readFileSync(join(workspace.root, 'dist/reports/api/report', file), 'utf8');
const summary = () => JSON.parse(read('summary.json')) as ReportSummary;
const page = () => read('index.html');

function dataOf(text: string): PageData {
  const [, packed = ''] = /id="data">([^<]*)</.exec(text) ?? [];
  return JSON.parse(inflateRawSync(Buffer.from(packed, 'base64')).toString()) as PageData;
}

const writeScan = (digest: string) =>
  workspace.write(
    'dist/reports/api/scan.json',
    JSON.stringify({
      schemaVersion: 1,
      digest,
      scanner: { name: 'trivy', version: '0.58.0' },
      notes: [hostile],
      findings: [
        {
          id: 'CVE-1',
          severity: 'critical',
          layer: null,
          path: null,
          why: hostile,
          fix: '',
          state: 'blocks',
          reason: null,
        },
        {
          id: 'CVE-2',
          severity: 'high',
          layer: null,
          path: null,
          why: 'w',
          fix: '',
          state: 'ignored',
          reason: 'why not',
        },
        {
          id: 'CVE-3',
          severity: 'high',
          layer: null,
          path: null,
          why: 'w',
          fix: '',
          state: 'baseline',
          reason: null,
        },
      ],
    }),
  );

it('writes a page and its figures, the same for the same image', async () => {
  await image();
  expect(await report({ budget: '10kB' }, workspace.context)).toEqual({ success: true });
  expect(summary()).toMatchObject({
    files: 3,
    wasted: 5000,
    duplicated: 9000,
    budget: { bytes: 10_000, of: 'uncompressed' },
    folders: { app: 18_070 },
    allFolders: true,
    packages: null,
    scanner: null,
  });
  expect(page()).toContain('the budget of 10kB, 18.7 kB too much');
  expect(page()).toContain('Vulnerabilities were not scanned. Run nx docker-scan api');
  expect(page()).toContain('deleted by layer 2');
  const { files, wasted, layers } = dataOf(page());
  expect(files.names).toContain('main.js');
  expect(wasted).toEqual([['usr/lib/old.so', 5000, 1, 2, 'deleted']]);
  expect(layers.map(({ colour }) => colour)).toEqual([1, 2]);
  const first = page();
  await report({ budget: '10kB' }, workspace.context);
  expect(page()).toBe(first);
});

it('takes the budget from the description, and does without', async () => {
  await image();
  await report({}, workspace.context);
  expect(page()).toContain('api has no size budget.');
  workspace.write('apps/api/toolbox.yaml', 'runtime: node\nbudget: 100kB\n');
  await report({}, workspace.context);
  expect(page()).toContain('% of the budget of 100kB');
});

it('shows no name of the image as markup', async () => {
  const digest = await image();
  writeScan(digest);
  await report({}, workspace.context);
  expect(page()).not.toContain('<img');
  expect(page().match(/<script/g)).toHaveLength(2);
  expect(page()).toContain('&lt;img src=x');
});

it('takes the findings of a scan of this image, and of no other', async () => {
  const digest = await image();
  writeScan(digest);
  await report({}, workspace.context);
  expect(summary()).toMatchObject({ findings: { critical: 1, high: 0 }, scanner: 'trivy 0.58.0' });
  expect(page()).toContain('Accepted: why not');
  expect(page()).toContain('Accepted: in the baseline');
  writeScan(`sha256:${'0'.repeat(64)}`);
  await report({}, workspace.context);
  expect(summary()).toMatchObject({ findings: { critical: 0 }, scanner: null });
  expect(page()).toContain('The scan on disk is of another image');
});

it('lists the packages that docker-sbom found in this image', async () => {
  const version = await image();
  const list = (digest: string) =>
    workspace.write(
      'dist/reports/api/sbom.cdx.json',
      JSON.stringify({
        metadata: {
          component: { version: digest },
          properties: [{ name: 'toolbox:limit', value: 'Not all.' }],
        },
        components: [
          {
            group: '@acme',
            name: 'core',
            version: '1.0.0',
            purl: 'pkg:npm/%40acme/core@1.0.0',
            licenses: [{ license: { id: 'MIT' } }],
          },
          { name: hostile, purl: 'pkg:deb/debian/x?arch=amd64' },
          { name: 'debian', type: 'operating-system' },
        ],
      }),
    );
  list(version);
  await report({}, workspace.context);
  expect(summary().packages).toEqual(['pkg:deb/debian/x', 'pkg:npm/%40acme/core@1.0.0']);
  expect(page()).toContain('<td>@acme/core</td><td>1.0.0</td><td>MIT</td>');
  expect(page()).toContain('Not all.');
  list('sha256:other');
  await report({}, workspace.context);
  expect(summary().packages).toBeNull();
  expect(page()).toContain('Run nx docker-sbom api.');
});

it('compares with the summary that lies beside the project, and refuses what is none', async () => {
  await image();
  await report({}, workspace.context);
  expect(page()).toContain(
    'Copy summary.json, which lies beside this page, to apps/api/report-baseline.json',
  );
  workspace.write('apps/api/report-baseline.json', read('summary.json'));
  await image([{ path: 'app/main.js', content: 'x'.repeat(12_000) }]);
  await report({}, workspace.context);
  expect(page()).toContain('Layers: 1 the same, 1 new, 1 gone.');
  expect(page()).toMatch(/<td class="path">app<\/td>.*−6\.1 kB/);
  workspace.write('apps/api/report-baseline.json', '{}');
  expect(await report({}, workspace.context)).toEqual({ success: false });
  expect(errors).toEqual([
    "apps/api/report-baseline.json: is not a summary of an image's report. Copy dist/reports/api/report/summary.json there again, or delete it.",
  ]);
});

it('says in one line that no image was built', async () => {
  expect(await report({}, workspace.context)).toEqual({ success: false });
  expect(errors).toEqual(['dist/images/api: holds no finished image. Run nx docker-build api first.']);
});
