import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blobPath } from '../../packages/images/descriptor';
import { buildLayout } from '../../packages/images/fixture-layout';
import type { ImageRecord } from '../../packages/images/image-record';
import { openLayout } from '../../packages/images/layout';
import { SharedLayers } from './shared-layers';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'toolbox-shared-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** A finished image of two layers on `base`. */
function finished(name: string, base: string): { folder: string; record: ImageRecord } {
  const folder = join(root, name);
  const file = (path: string) => [{ path, content: path, mtime: 0 }];
  buildLayout(folder, [file('base'), file(name)]);
  const [image] = openLayout(folder).images;
  const { layers } = image!.manifest;
  return { folder, record: { base: { name: base, digest: null }, layers } as unknown as ImageRecord };
}

it('links the layers of finished images on the same base', () => {
  const api = finished('api', 'debian:13');
  const web = finished('web', 'alpine:3');
  const shared = new SharedLayers();
  shared.add(api.folder, api.record);
  shared.add(web.folder, web.record);
  const folder = join(root, 'worker');
  shared.linkInto(folder, 'debian:13');
  for (const { digest } of api.record.layers)
    expect(statSync(blobPath(folder, digest)).ino).toBe(statSync(blobPath(api.folder, digest)).ino);
  expect(readdirSync(join(folder, 'blobs', 'sha256'))).toHaveLength(2);
});

it('leaves what is there, and goes on where a layer is gone', () => {
  const { folder: source, record } = finished('api', 'scratch');
  const shared = new SharedLayers();
  shared.add(source, record);
  const folder = finished('worker', 'scratch').folder;
  const [base, own] = record.layers.map(({ digest }) => digest);
  writeFileSync(blobPath(folder, base!), 'its own');
  rmSync(blobPath(source, own!));
  shared.linkInto(folder, 'scratch');
  expect(statSync(blobPath(folder, base!)).size).toBe('its own'.length);
  expect(existsSync(blobPath(folder, own!))).toBe(false);
});

it('makes no folder for nothing', () => {
  new SharedLayers().linkInto(join(root, 'worker'), 'scratch');
  expect(existsSync(join(root, 'worker'))).toBe(false);
});
