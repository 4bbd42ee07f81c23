import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { logger } from '@nx/devkit';
import { buildLayout } from '../../packages/images/fixture-layout';
import { FixtureWorkspace } from '../fixture-workspace';
import sbom from './executor';

let workspace: FixtureWorkspace;
let error: jest.SpyInstance;
let log: jest.SpyInstance;

beforeEach(() => {
  workspace = new FixtureWorkspace();
  error = jest.spyOn(logger, 'error').mockImplementation(() => undefined);
  log = jest.spyOn(logger, 'log').mockImplementation(() => undefined);
});
afterEach(() => {
  jest.restoreAllMocks();
  workspace.remove();
});

const report = (format: string) => join(workspace.root, `dist/reports/api/sbom.${format}.json`);

function built(): string {
  const folder = join(workspace.root, 'dist/images/api');
  const { digest, configDigest } = buildLayout(folder, [
    [
      { path: 'app/node_modules/a/package.json', content: '{"name":"a","version":"1.0.0"}' },
      { path: 'app/main.cjs', content: '// node_modules/b/index.js\n' },
    ],
  ]);
  const record = {
    schemaVersion: 1,
    project: 'api',
    digest,
    configDigest,
    platforms: ['linux/amd64'],
    tags: ['acme/api:dev'],
    base: { name: 'scratch', digest: null },
    sizes: { compressed: 1, uncompressed: 1 },
    layout: 'full',
    layers: [],
  };
  workspace.write('dist/images/api/image.json', JSON.stringify(record));
  return digest;
}

it('writes both documents about the image, the same bytes each time', async () => {
  const digest = built();
  const run = async () => {
    expect(await sbom({}, workspace.context)).toEqual({ success: true });
    return ['cdx', 'spdx'].map((format) => readFileSync(report(format), 'utf8'));
  };
  const first = await run();
  expect(await run()).toEqual(first);
  for (const text of first) expect(text).toContain(digest);
  expect(log.mock.calls.at(-1)?.[0]).toBe(
    [
      `api: 2 packages in ${digest} (2 npm)`,
      '  Incomplete: a bundle names packages without their versions: app/main.cjs.',
      '  dist/reports/api/sbom.cdx.json, dist/reports/api/sbom.spdx.json',
    ].join('\n'),
  );
});

it('leaves no list of another image behind where it fails, and says why in one line', async () => {
  for (const format of ['cdx', 'spdx']) workspace.write(`dist/reports/api/sbom.${format}.json`, '{}');
  expect(await sbom({}, workspace.context)).toEqual({ success: false });
  expect(error.mock.calls).toEqual([
    ['dist/images/api: holds no finished image. Run nx docker-build api first.'],
  ]);
  expect(['cdx', 'spdx'].map((format) => existsSync(report(format)))).toEqual([false, false]);
});
