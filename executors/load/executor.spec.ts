import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { logger } from '@nx/devkit';
import { buildLayout } from '../../packages/images/fixture-layout';
import type { ImageRecord } from '../../packages/images/image-record';
import { FixtureEngine } from '../fixture-engine';
import { FixtureWorkspace } from '../fixture-workspace';
import { loadedImage } from '../loaded-image';
import load from './executor';

let workspace: FixtureWorkspace;
let engine: FixtureEngine;
let folder: string;
let record: ImageRecord;

beforeEach(() => {
  workspace = new FixtureWorkspace();
  engine = new FixtureEngine();
  jest.spyOn(logger, 'log').mockImplementation(() => undefined);
  folder = join(workspace.root, 'dist/images/api');
  record = {
    ...buildLayout(folder, [[{ path: 'app', content: 'x' }]]),
    tags: ['acme/api:dev'],
  } as unknown as ImageRecord;
});

afterEach(() => {
  jest.restoreAllMocks();
  workspace.remove();
});

it('asks the engine first: an image that is there is not loaded', async () => {
  engine.images.add(record.configDigest);
  rmSync(folder, { recursive: true });
  expect(await loadedImage(engine, folder, record, workspace.root)).toBe(record.configDigest);
  expect(engine.calls).toEqual([]);
});

it('loads a missing image and makes sure that it is there', async () => {
  engine.loads = record.digest;
  expect(await loadedImage(engine, folder, record, workspace.root)).toBe(record.digest);
  expect(engine.calls).toEqual(['load']);
});

it('gives podman the archive of docker save alone, without names', async () => {
  let archive = '';
  const load = async (stream: NodeJS.ReadableStream) => {
    for await (const chunk of stream) archive += String(chunk);
    engine.images.add(record.configDigest);
  };
  const podman = Object.assign(engine, { loadsDockerArchives: true, load });
  expect(await loadedImage(podman, folder, record, workspace.root)).toBe(record.configDigest);
  expect(archive).toContain('manifest.json');
  expect(archive).toContain('"RepoTags":[]');
  expect(archive).not.toContain('index.json');
});

it('does not believe a load that brought another image', async () => {
  engine.loads = `sha256:${'0'.repeat(64)}`;
  await expect(loadedImage(engine, folder, record, workspace.root)).rejects.toThrow(
    `does not have ${record.digest}`,
  );
});

it('never hands a corrupted layout to the engine', async () => {
  const { layers } = JSON.parse(manifest()) as { layers: [{ digest: string; size: number }] };
  writeFileSync(join(folder, 'blobs/sha256', layers[0].digest.slice(7)), Buffer.alloc(layers[0].size));
  await expect(loadedImage(engine, folder, record, workspace.root)).rejects.toThrow(
    /blob sha256:\w+ has another digest: the layout is corrupted/,
  );
  expect(engine.calls).toEqual([]);
});

it('says in one line that there is no image', async () => {
  const error = jest.spyOn(logger, 'error').mockImplementation(() => undefined);
  rmSync(folder, { recursive: true });
  expect(await load({}, workspace.context)).toEqual({ success: false });
  expect(error.mock.calls).toEqual([
    ['dist/images/api: holds no finished image. Run nx docker-build api first.'],
  ]);
});

function manifest(): string {
  return readFileSync(join(folder, 'blobs/sha256', record.digest.slice(7)), 'utf8');
}
