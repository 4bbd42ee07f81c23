import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { analyseImage } from './analyse';
import { canonicaliseLayout } from './canonicalise';
import { importDockerArchive } from './docker-archive';
import { tarOf, type FixtureEntry } from './fixture-layout';
import { openLayerMemo } from './layer-memo';
import { openLayout, sha256, verifyLayout, type LayoutImage } from './layout';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'toolbox-archive-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Two layers as `docker save` has them: plain archives. */
const layersAt = (mtime: number) => [
  tarOf([{ path: 'base', content: 'b'.repeat(5000), mtime: 5 }]),
  tarOf([{ path: 'app/main.js', content: 'console.log(1)', mtime }]),
];

function configOf(layers: readonly Buffer[], created: string): Buffer {
  return Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      created,
      config: { User: '1001:1001' },
      rootfs: { type: 'layers', diff_ids: layers.map(sha256) },
      history: layers.map(() => ({ created, created_by: 'COPY / /' })),
    }),
  );
}

/** The form that Docker writes since version 25; `change` damages it. */
function saved(layers: readonly Buffer[], change = (entries: FixtureEntry[]) => entries): Buffer {
  const config = configOf(layers, '2026-01-02T03:04:05.678901234Z');
  const blob = (bytes: Buffer) => `blobs/sha256/${sha256(bytes).slice(7)}`;
  const manifest = [{ Config: blob(config), RepoTags: ['x:y'], Layers: layers.map(blob), LayerSources: {} }];
  return tarOf(
    change([
      { path: 'blobs/' },
      ...[...layers, config].map((bytes) => ({ path: blob(bytes), content: bytes })),
      { path: 'manifest.json', content: JSON.stringify(manifest) },
      { path: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
    ]),
  );
}

/** The form before Docker 25, with a link where two layers are the same. */
function savedBefore25(layer: Buffer): Buffer {
  const layers = [layer, layer];
  return tarOf([
    { path: 'one/layer.tar', content: layer },
    { path: 'two/layer.tar', type: '2', link: '../one/layer.tar' },
    { path: 'abc.json', content: configOf(layers, '2026-01-02T03:04:05Z') },
    {
      path: 'manifest.json',
      content: JSON.stringify([{ Config: 'abc.json', Layers: ['one/layer.tar', 'two/layer.tar'] }]),
    },
  ]);
}

/** Chunks of odd sizes: entries never end where a chunk does. */
const streamOf = (bytes: Buffer) =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / 777) }, (_, at) =>
      bytes.subarray(at * 777, at * 777 + 777),
    ),
  );
const bring = (bytes: Buffer, memo = openLayerMemo(null), into = folder) =>
  importDockerArchive(streamOf(bytes), into, memo);

it('lets the engine amend the configuration, and nothing else', async () => {
  const bytes = saved(layersAt(0));
  const plain = openLayout(folder, await bring(bytes)).images[0] as LayoutImage;
  const amend = (config: object) => ({ ...config, author: 'somebody' });
  const digest = await importDockerArchive(streamOf(bytes), folder, openLayerMemo(null), amend);
  const amended = openLayout(folder, digest).images[0] as LayoutImage;
  expect(amended.config).toEqual({ ...plain.config, author: 'somebody' });
  expect(amended.manifest.layers).toEqual(plain.manifest.layers);
});

it('makes a layout with compressed layers, whose archives are the saved ones', async () => {
  const layers = layersAt(1700000000);
  const layout = openLayout(folder, await bring(saved(layers)));
  await verifyLayout(layout);
  const image = layout.images[0] as LayoutImage;
  expect(image.manifest.layers.map(({ mediaType }) => mediaType)).toEqual([
    'application/vnd.oci.image.layer.v1.tar+gzip',
    'application/vnd.oci.image.layer.v1.tar+gzip',
  ]);
  const analysis = await analyseImage(layout, image, 5);
  expect(analysis.uncompressed).toBe(layers[0]!.length + layers[1]!.length);
  expect(analysis.compressed).toBeLessThan(analysis.uncompressed / 4);
  expect(readdirSync(folder).sort()).toEqual(['blobs', 'index.json', 'oci-layout']);
});

it('gives one digest for two builds at different times', async () => {
  const digests: string[] = [];
  for (const [name, mtime] of [
    ['one', 1700000000],
    ['two', 1800000000],
  ] as const) {
    const at = join(folder, name);
    const digest = await bring(saved(layersAt(mtime)), openLayerMemo(null), at);
    const options = { sourceDateEpoch: 0, baseLayers: 1, memo: openLayerMemo(null) };
    digests.push((await canonicaliseLayout(at, digest, options)).root.digest);
  }
  expect(digests[0]).toBe(digests[1]);
});

it('reads the form before Docker 25, links included', async () => {
  const [layer] = layersAt(0);
  const layout = openLayout(folder, await bring(savedBefore25(layer!)));
  const digests = layout.images[0]?.manifest.layers.map(({ digest }) => digest) ?? [];
  expect([digests.length, digests[0]]).toEqual([2, digests[1]]);
  await verifyLayout(layout);
});

it('takes layers that are compressed already as they are, as the containerd store saves them', async () => {
  const layers = layersAt(0);
  const blobs = layers.map((layer) => gzipSync(layer, { level: 1 }));
  const bytes = saved(layers, (entries) =>
    entries.map((entry, at) => {
      const blob = blobs[at - 1];
      const names = layers.map((layer, of) => [sha256(layer).slice(7), sha256(blobs[of]!).slice(7)] as const);
      if (blob) return { path: `blobs/sha256/${sha256(blob).slice(7)}`, content: blob };
      if (entry.path !== 'manifest.json') return entry;
      const content = names.reduce((text, [from, to]) => text.replace(from, to), String(entry.content));
      return { ...entry, content };
    }),
  );
  const layout = openLayout(folder, await bring(bytes));
  await verifyLayout(layout);
  expect(layout.images[0]?.manifest.layers.map(({ digest }) => digest)).toEqual(blobs.map(sha256));
});

it('compresses a layer once, and takes it from the layout afterwards', async () => {
  const memo = openLayerMemo(null);
  const first = await bring(saved(layersAt(0)), memo);
  const blobs = join(folder, 'blobs', 'sha256');
  const times = () => readdirSync(blobs).map((name) => [name, statSync(join(blobs, name)).ino]);
  const before = times();
  expect(await bring(saved(layersAt(0)), memo)).toBe(first);
  expect(times()).toEqual(before);
  rmSync(blobs, { recursive: true });
  expect(await bring(saved(layersAt(0)), memo)).toBe(first);
  await verifyLayout(openLayout(folder, first));
});

it.each<[string, Buffer, RegExp]>([
  ['an archive that ends early', saved(layersAt(0)).subarray(0, 9000), /truncated/],
  ['no archive at all', Buffer.alloc(0), /manifest\.json is missing/],
  [
    'a layer that is missing',
    saved(layersAt(0), (entries) => entries.filter((_, at) => at !== 1)),
    /blobs\/sha256\/[0-9a-f]{64} is missing/,
  ],
  [
    'a layer that changed',
    saved(layersAt(0), (entries) =>
      entries.map((entry, at) => (at === 2 ? { ...entry, content: 'x' } : entry)),
    ),
    /the configuration says sha256:/,
  ],
  [
    'two images',
    tarOf([{ path: 'manifest.json', content: '[{"Config":"a","Layers":[]},{"Config":"b","Layers":[]}]' }]),
    /does not name one image/,
  ],
  ['a manifest that is no JSON', tarOf([{ path: 'manifest.json', content: '[' }]), /is not JSON/],
])('refuses %s in one line, and leaves nothing half-written', async (_, bytes, message) => {
  const error = await bring(bytes).then(
    () => null,
    (thrown: Error) => thrown,
  );
  expect(error?.message).toMatch(message);
  expect(error?.message).not.toContain('\n');
  expect(existsSync(join(folder, 'index.json'))).toBe(false);
  expect(readdirSync(folder)).toEqual(['blobs']);
});

it('never writes to a name of the archive', async () => {
  const outside = `../${'e'.repeat(20)}-toolbox`;
  const layers = layersAt(0);
  await bring(saved(layers, (entries) => [{ path: outside, content: 'x' }, ...entries]));
  expect(existsSync(join(folder, outside))).toBe(false);
  expect(readdirSync(folder).sort()).toEqual(['blobs', 'index.json', 'oci-layout']);
});
