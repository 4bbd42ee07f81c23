import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { logger } from '@nx/devkit';
import { buildLayout, type FixtureEntry } from '../../packages/images/fixture-layout';
import { openLayerMemo } from '../../packages/images/layer-memo';
import { openLayout } from '../../packages/images/layout';
import { describeLayout, writeRecord } from '../../packages/images/record';
import { FixtureWorkspace } from '../fixture-workspace';
import scan from './executor';
import type { ScanReport } from './report';
import type { ScanExecutorSchema } from './schema.gen';

let workspace: FixtureWorkspace;
let errors: string[];
let printed: string[];
beforeEach(() => {
  workspace = new FixtureWorkspace();
  errors = [];
  printed = [];
  jest.spyOn(logger, 'error').mockImplementation((line: string) => void errors.push(line));
  jest.spyOn(logger, 'log').mockImplementation((line: string) => void printed.push(line));
});
afterEach(() => {
  jest.restoreAllMocks();
  workspace.remove();
});

const folder = () => join(workspace.root, 'dist/images/api');

async function image(entries: readonly FixtureEntry[] = [], user = '1001:1001'): Promise<void> {
  const config = { User: user, Healthcheck: { Test: ['CMD', '/health'] } };
  buildLayout(folder(), [[{ path: 'app/main.js', content: 'x' }, ...entries]], { config });
  const facts = { project: 'api', tags: ['api:dev'], base: { name: 'scratch', digest: null } };
  writeRecord(folder(), await describeLayout(openLayout(folder()), facts, openLayerMemo(null)));
}

const check = (options: ScanExecutorSchema = {}) => scan({ scanner: 'none', ...options }, workspace.context);
const report = () =>
  JSON.parse(readFileSync(join(workspace.root, 'dist/reports/api/scan.json'), 'utf8')) as ScanReport;

it('audits without a scanner, and says that it is only half of it', async () => {
  await image();
  expect(await check()).toEqual({ success: true });
  expect(report()).toMatchObject({ passed: true, scanner: null, findings: [] });
  expect(printed.join('\n')).toContain('Vulnerabilities were NOT scanned');
  expect(existsSync(join(workspace.root, 'dist/reports/api/scan.sarif'))).toBe(true);
});

it('fails on what the audit finds, in one line each', async () => {
  await image([], '');
  expect(await check()).toEqual({ success: false });
  expect(errors).toEqual([
    expect.stringMatching(/^api: user-missing: The image names no user: it runs as root\. Set/),
  ]);
  expect(await check({ severity: 'critical' })).toEqual({ success: true });
});

it('reads the shared list of accepted findings and the project’s', async () => {
  await image([{ path: 'bin/su', mode: 0o4755 }], '');
  const entry = (id: string) => `- { id: ${id}, reason: "For the test.", expires: 2999-12-31 }\n`;
  workspace.write('infrastructure/security/ignore.yaml', entry('user-missing'));
  expect(await check({ severity: 'medium' })).toEqual({ success: false });
  workspace.write('apps/api/scan-ignore.yaml', entry('setuid-file'));
  expect(await check({ severity: 'medium' })).toEqual({ success: true });
});

it('leaves no report of an earlier image where a scan does not end', async () => {
  await image();
  await check();
  const [blob] = readdirSync(join(folder(), 'blobs/sha256'));
  writeFileSync(join(folder(), 'blobs/sha256', blob!), 'damaged');
  expect(await check()).toEqual({ success: false });
  expect(existsSync(join(workspace.root, 'dist/reports/api/scan.json'))).toBe(false);
});

const ignoreFile = (text: string) => () => workspace.write('apps/api/scan-ignore.yaml', text);

it.each<[string, () => void, ScanExecutorSchema, RegExp]>([
  ['no scanner', () => undefined, { scanner: 'grype' }, /^grype is not installed/],
  [
    'a container of an unknown kind',
    () => undefined,
    { scanner: 'auto', scannerImage: 'x' },
    /say which scanner is in x/,
  ],
  [
    'an ignore list without a reason',
    ignoreFile('- { id: x, expires: 2999-01-01 }'),
    {},
    /^apps\/api\/scan-ignore\.yaml: entry 1 \(x\): has no reason/,
  ],
  [
    'an ignore list that expired',
    ignoreFile('- { id: x, reason: y, expires: 2020-01-01 }'),
    {},
    /entry 1 \(x\): expired on 2020-01-01/,
  ],
  [
    'a day that is none',
    ignoreFile('- { id: x, reason: y, expires: 2026-02-31 }'),
    {},
    /expires: "2026-02-31" is not a day/,
  ],
  ['no day', ignoreFile('- { id: x, reason: y }'), {}, /expires: "" is not a day/],
  ['an unknown key', ignoreFile('- { id: x, why: y }'), {}, /entry 1: why: unknown key/],
  ['no list', ignoreFile('id: x'), {}, /is not a list/],
  ['no YAML', ignoreFile('- [x'), {}, /is not YAML/],
  ['a list that is missing', () => undefined, { ignore: ['nowhere.yaml'] }, /^nowhere\.yaml: does not exist/],
  [
    'a baseline that is missing',
    () => undefined,
    { baseline: 'nowhere.json' },
    /^nowhere\.json: does not exist/,
  ],
  [
    'a baseline that is none',
    () => workspace.write('apps/api/scan-baseline.json', '{}'),
    {},
    /^apps\/api\/scan-baseline\.json: is not a baseline/,
  ],
  [
    'a baseline without a scanner',
    () => undefined,
    { updateBaseline: true },
    /updateBaseline: needs a scanner/,
  ],
])('says in one line what is wrong, and writes no report: %s', async (_, prepare, options, message) => {
  await image();
  prepare();
  const path = process.env['PATH'];
  process.env['PATH'] = join(workspace.root, 'nowhere');
  expect(await check(options)).toEqual({ success: false });
  process.env['PATH'] = path;
  expect(errors).toEqual([expect.stringMatching(message)]);
  expect(errors[0]).not.toContain('\n');
  expect(existsSync(join(workspace.root, 'dist/reports'))).toBe(false);
});
