import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import type { SizeAnalysis } from '../../packages/images/analyse';
import { megabytes } from '../../packages/report/megabytes';
import { formatSizeReport, judgeSize } from './report';
import schema from './size-report.schema.json';

const analysis: SizeAnalysis = {
  layers: [
    {
      digest: `sha256:${'a'.repeat(64)}`,
      instruction: 'COPY /rootfs/ / # buildkit',
      compressed: 48_238_279,
      uncompressed: 132_500_000,
      files: 11,
    },
    {
      digest: `sha256:${'b'.repeat(64)}`,
      instruction: 'COPY dist/apps/api/ /app/ # buildkit',
      compressed: 410_112,
      uncompressed: 1_500_000,
      files: 1,
    },
  ],
  compressed: 48_648_391,
  uncompressed: 134_000_000,
  files: 12,
  largest: [
    { path: 'usr/local/bin/node', bytes: 126_595_440, layer: 1 },
    { path: 'app/main.cjs', bytes: 1_400_000, layer: 2 },
  ],
  waste: [{ path: 'etc/passwd', bytes: 900, layer: 1, by: 'overwritten', laterLayer: 2 }],
  wasted: 900,
};
const subject = {
  project: 'api',
  digest: `sha256:${'c'.repeat(64)}`,
  description: 'apps/api/toolbox.yaml',
  warnAt: 90,
};
const budget = (text: string, bytes: number, of: 'compressed' | 'uncompressed' = 'uncompressed') => ({
  text,
  bytes,
  of,
});

it('prints layers, largest files, waste and the budget', () => {
  const report = judgeSize(analysis, { ...subject, budget: budget('200MB', 200e6) });
  expect(report).toMatchObject({ passed: true, findings: [] });
  expect(formatSizeReport(report)).toBe(readFileSync(join(__dirname, 'golden', 'passed.txt'), 'utf8'));
});

it('fails an image over its budget, and says by how much and where to look', () => {
  const report = judgeSize(analysis, { ...subject, budget: budget('100MB', 100e6) });
  expect(report.passed).toBe(false);
  expect(report.findings).toEqual([
    {
      id: 'size-over-budget',
      severity: 'error',
      file: 'apps/api/toolbox.yaml',
      path: 'budget',
      message: 'api: 134.0 MB uncompressed is 34.0 MB over the budget of 100MB.',
      fix: 'Look at the largest files and the waste in the report (first: usr/local/bin/node, 126.6 MB), or raise the budget.',
    },
  ]);
});

it.each([
  ['exactly the budget passes', budget('134MB', 134e6), true, ['size-near-budget']],
  ['one byte over fails', budget('x', 134e6 - 1), false, ['size-over-budget']],
  [
    'the compressed size can be limited instead',
    budget('50MB', 50e6, 'compressed'),
    true,
    ['size-near-budget'],
  ],
  ['a budget of nothing fails', budget('0MB', 0), false, ['size-over-budget']],
])('%s', (_, limit, passed, ids) => {
  const report = judgeSize(analysis, { ...subject, budget: limit });
  expect([report.passed, report.findings.map(({ id }) => id)]).toEqual([passed, ids]);
});

it('shows names that would steer the terminal instead of sending them to it', () => {
  const path = 'a\x1b]0;owned\x07\nb\u202etxt';
  const text = formatSizeReport(
    judgeSize(
      {
        ...analysis,
        layers: [{ ...analysis.layers[0]!, instruction: 'RUN\x1b[2J \\\n\techo' }],
        largest: [{ path, bytes: 5, layer: 1 }],
        waste: [{ path, bytes: 5, layer: 1, by: 'deleted', laterLayer: 2 }],
      },
      { ...subject, budget: budget('1MB', 1e6) },
    ),
  );
  expect(text).not.toMatch(/[^\n\u0020-\u007e]/);
  expect(text.split('a\\x1b]0;owned\\x07\\x0ab\\x202etxt')).toHaveLength(3);
  expect(text).toContain('RUN\\x1b[2J \\ echo');
});

it('holds to its schema, a budget of nothing included', () => {
  const validate = new Ajv({ strict: false }).compile(schema);
  for (const limit of [budget('200MB', 200e6), budget('0MB', 0)]) {
    const report: unknown = JSON.parse(JSON.stringify(judgeSize(analysis, { ...subject, budget: limit })));
    expect([validate(report), validate.errors]).toEqual([true, null]);
  }
  expect(validate({ ...judgeSize(analysis, { ...subject, budget: budget('1MB', 1e6) }), digest: 'x' })).toBe(
    false,
  );
});

it.each([
  [999, '999 B'],
  [1500, '1.5 kB'],
  [126_595_440, '126.6 MB'],
])('%i bytes read %s', (bytes, text) => expect(megabytes(bytes)).toBe(text));
