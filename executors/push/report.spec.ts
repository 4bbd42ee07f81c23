import Ajv from 'ajv';
import { formatRepository, reportRepository, type PushReport } from './report';
import schema from './push-report.schema.json';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const repository = reportRepository(
  { name: 'example.com/acme/api', tags: ['1.2.3', 'main'] },
  digest('a'),
  ['main'],
  [
    { digest: digest('b'), size: 1500, how: 'uploaded', sent: 2000 },
    { digest: digest('c'), size: 48_000_000, how: 'mounted', from: 'acme/web', sent: 0 },
    { digest: digest('d'), size: 700, how: 'skipped', sent: 0 },
  ],
);

it('names the image by digest and by each tag, and counts what travelled', () => {
  expect(repository.references).toEqual([
    `example.com/acme/api@${digest('a')}`,
    'example.com/acme/api:1.2.3',
    'example.com/acme/api:main',
  ]);
  expect(repository.bytes).toEqual({ uploaded: 1500, mounted: 48_000_000, skipped: 700, sent: 2000 });
});

it('is of the published schema', () => {
  const report: PushReport = {
    schemaVersion: 1,
    project: 'api',
    digest: digest('a'),
    platforms: ['linux/amd64'],
    repositories: [repository],
  };
  const validate = new Ajv({ strict: false }).compile(schema);
  expect([validate(report), validate.errors]).toEqual([true, null]);
});

it('says it in three lines', () => {
  expect(formatRepository(repository)).toBe(
    [
      `example.com/acme/api@${digest('a')}`,
      '  tags: :1.2.3 :main',
      '  blobs: 1 uploaded (1.5 kB), 1 mounted (48.0 MB), 1 there already (700 B)',
    ].join('\n'),
  );
});
