import type { ReportSummary } from '../report-summary';
import { compareSummaries } from './compare';

const summary = (part: Partial<ReportSummary>): ReportSummary => ({
  schemaVersion: 1,
  project: 'api',
  digest: 'sha256:1',
  base: { name: 'scratch', digest: null },
  compressed: 1,
  uncompressed: 2,
  files: 3,
  wasted: 0,
  duplicated: 0,
  budget: null,
  layers: [],
  folders: {},
  allFolders: true,
  packages: null,
  findings: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
  scanner: null,
  ...part,
});

it('lists folders by how much they changed, and none whose size is not known on both sides', () => {
  const before = summary({ folders: { a: 10, b: 5, gone: 7 } });
  const now = summary({ folders: { a: 10, b: 8, __proto__x: 1, constructor: 9 } });
  expect(compareSummaries(before, now).folders).toEqual([
    { name: 'constructor', before: 0, now: 9 },
    { name: 'gone', before: 7, now: 0 },
    { name: 'b', before: 5, now: 8 },
    { name: '__proto__x', before: 0, now: 1 },
  ]);
  const cut = compareSummaries({ ...before, allFolders: false }, now);
  expect(cut.folders.map(({ name }) => name)).toEqual(['gone', 'b']);
});

it('tells an update from packages that come and go', () => {
  const before = summary({
    packages: ['pkg:npm/%40a/b@1', 'pkg:npm/c@1', 'pkg:npm/d@1', 'pkg:npm/d@2', 'pkg:npm/same@1'],
  });
  const now = summary({ packages: ['pkg:npm/%40a/b@2', 'pkg:npm/d@3', 'pkg:npm/new', 'pkg:npm/same@1'] });
  expect(compareSummaries(before, now).packages).toEqual({
    updated: [{ name: 'pkg:npm/%40a/b', before: '1', now: '2' }],
    added: ['pkg:npm/d@3', 'pkg:npm/new'],
    removed: ['pkg:npm/c@1', 'pkg:npm/d@1', 'pkg:npm/d@2'],
  });
  expect(compareSummaries(summary({}), now).packages).toBeNull();
});

it('counts the layers that both have', () => {
  const layer = (diffId: string) => ({ diffId, instruction: '', compressed: 1, uncompressed: 1 });
  const before = summary({ layers: [layer('a'), layer('b')] });
  const now = summary({ layers: [layer('a'), layer('c'), layer('d')] });
  expect(compareSummaries(before, now).layers).toEqual({ same: 1, added: 2, removed: 1 });
});
