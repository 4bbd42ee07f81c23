import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { grype } from '../../packages/scanners/grype';
import { trivy } from '../../packages/scanners/trivy';
import { baselineText } from './baseline';
import { formatScanReport, judgeScan, type Judged } from './report';
import { sarifOf } from './sarif';

const read = (path: string) => readFileSync(join(__dirname, path), 'utf8');
const recorded = (name: string) => read(`../../packages/scanners/fixtures/${name}`);
const layer = 'sha256:4a56a430b2bac33260d6449e162017e2b23076c6411a17b46db67f5b84dde2bd';
const scan = trivy.parse(recorded('trivy-debian-buster.json'));

const judge = (changes: Partial<Judged> = {}) =>
  judgeScan({
    project: 'api',
    digest: `sha256:${'d'.repeat(64)}`,
    severity: 'high',
    audit: [
      {
        id: 'setuid-file',
        severity: 'medium',
        layer,
        path: 'bin/su',
        why: 'A setuid file.',
        fix: 'Remove it.',
      },
      { id: 'user-missing', severity: 'high', layer: null, path: null, why: 'No user.', fix: 'Set one.' },
      { id: 'shell', severity: 'info', layer, path: 'bin/sh', why: 'A shell.', fix: 'Do without.' },
    ],
    scan,
    ignored: [],
    baseline: [],
    layers: new Map([[layer, { digest: layer, base: true }]]),
    ...changes,
  });
const states = (report: ReturnType<typeof judge>) =>
  Object.fromEntries(report.findings.map(({ id, state }) => [id, state]));

it('fails on what reaches the limit, of the audit and of the scanner', () => {
  expect(judge().passed).toBe(false);
  expect(states(judge())).toEqual({
    'CVE-2019-18224': 'blocks',
    'user-missing': 'blocks',
    'setuid-file': 'mild',
    'CVE-2019-18276': 'mild',
    shell: 'mild',
  });
  expect(states(judge({ severity: 'critical' }))).toMatchObject({
    'CVE-2019-18224': 'blocks',
    'user-missing': 'mild',
  });
  expect(states(judge({ severity: 'low' }))).toMatchObject({ 'CVE-2019-18276': 'blocks', shell: 'mild' });
});

it('lets pass what is ignored, at that place only', () => {
  const entry = { id: 'CVE-2019-18224', reason: 'Not reachable.', expires: '2999-12-31' };
  const user = { id: 'user-missing', reason: 'Never run.', expires: '2999-12-31' };
  expect(judge({ ignored: [entry, user] })).toMatchObject({ passed: true });
  expect(states(judge({ ignored: [{ ...entry, package: 'bash' }] }))).toMatchObject({
    'CVE-2019-18224': 'blocks',
  });
  expect(states(judge({ ignored: [{ ...entry, package: 'libidn2-0' }] }))).toMatchObject({
    'CVE-2019-18224': 'ignored',
  });
  expect(states(judge({ ignored: [{ ...user, path: 'bin/su' }] }))).toMatchObject({
    'user-missing': 'blocks',
  });
});

describe('the baseline', () => {
  const known = { id: 'CVE-2019-18276', package: 'bash', version: '5.0-4' };
  const at = (changes: Partial<Judged>) => states(judge({ severity: 'low', ...changes }));

  it('holds what the base has and nobody fixed, and nothing else', () => {
    expect(JSON.parse(baselineText(judge().findings))).toEqual({ schemaVersion: 1, findings: [known] });
    const elsewhere = judge({ layers: new Map([[layer, { digest: layer, base: false }]]) });
    expect(JSON.parse(baselineText(elsewhere.findings))).toEqual({ schemaVersion: 1, findings: [] });
  });
  it('lets that pass', () => {
    expect(at({ baseline: [known] })).toMatchObject({ 'CVE-2019-18276': 'baseline' });
  });
  it.each<[string, Partial<Judged>]>([
    ['another version', { baseline: [{ ...known, version: '5.0-5' }] }],
    ['a layer of the app', { baseline: [known], layers: new Map([[layer, { digest: layer, base: false }]]) }],
    ['an unknown layer', { baseline: [known], layers: new Map() }],
    [
      'a fix that is there by now',
      {
        baseline: [known],
        scan: { ...scan, vulnerabilities: scan.vulnerabilities.map((one) => ({ ...one, fixedIn: ['5.1'] })) },
      },
    ],
  ])('does not let pass: %s', (_, changes) => {
    expect(at(changes)).toMatchObject({ 'CVE-2019-18276': 'blocks' });
  });
});

it('says that vulnerabilities were not scanned', () => {
  const report = judge({ scan: null });
  expect(report.scanner).toBeNull();
  expect(formatScanReport(report)).toContain('Vulnerabilities were NOT scanned');
});

it('prints what a reader needs', () => {
  expect(formatScanReport(judge())).toBe(read('golden/report.txt'));
});

it('has the published form', () => {
  const valid = new Ajv({ strict: false, allErrors: true }).compile(
    JSON.parse(read('scan-report.schema.json')) as object,
  );
  const ignored = [{ id: 'shell', reason: 'Wanted.', expires: '2999-12-31' }];
  for (const report of [judge(), judge({ scan: null, ignored })]) {
    valid(JSON.parse(JSON.stringify(report)));
    expect(valid.errors ?? []).toEqual([]);
  }
});

describe('SARIF', () => {
  const { $schema, id, ...schema } = JSON.parse(read('fixtures/sarif-schema-2.1.0.json')) as Record<
    string,
    unknown
  >;
  // Draft 4 and 7 differ in these two keys as far as this schema goes.
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  const valid = ajv.compile(schema);

  it.each([
    ['Trivy', judge()],
    ['Grype', judge({ scan: grype.parse(recorded('grype-0.28.json')) })],
    ['the audit alone', judge({ scan: null })],
    ['nothing', judge({ audit: [], scan: { ...scan, vulnerabilities: [] } })],
    ['suppressed findings', judge({ ignored: [{ id: 'shell', reason: 'Wanted.', expires: '2999-12-31' }] })],
    [
      'hostile names',
      judge({ audit: [{ id: 'x', severity: 'low', layer, path: 'a b/\ud800%/ü', why: '', fix: '' }] }),
    ],
  ])('is valid against the official schema: %s', (_, report) => {
    expect([$schema, id]).toEqual([expect.stringContaining('draft-04'), expect.stringContaining('sarif')]);
    valid(sarifOf(report, 'apps/api/Dockerfile'));
    expect(valid.errors ?? []).toEqual([]);
  });

  it('is not valid where it is broken', () => {
    expect(valid({ ...sarifOf(judge(), 'Dockerfile'), version: '2.0.0' })).toBe(false);
  });

  it('suppresses what does not fail, with the reason', () => {
    const ignored = [{ id: 'user-missing', reason: 'Never run.', expires: '2999-12-31' }];
    const { runs } = sarifOf(judge({ ignored }), 'Dockerfile') as {
      runs: [{ results: { ruleId: string }[] }];
    };
    expect(runs[0].results.find(({ ruleId }) => ruleId === 'user-missing')).toMatchObject({
      suppressions: [{ justification: 'Never run. (until 2999-12-31)' }],
    });
  });
});
