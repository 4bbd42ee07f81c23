import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv';
import { analyseImage } from './analyse';
import { canonicalReference } from '../service/image-reference';
import { archiveOf } from './archive';
import { canonicaliseLayout } from './canonicalise';
import { buildLayout, tarOf, type FixtureEntry } from './fixture-layout';
import { openLayerMemo } from './layer-memo';
import { openLayout, verifyLayout, type LayoutImage } from './layout';
import { describeLayout, readRecord, writeRecord } from './record';
import { TarReader } from './tar-reader';
import schema from './image-record.schema.json';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'toolbox-images-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const app = (mtime: number): FixtureEntry[] => [
  { path: 'app/', mtime },
  { path: 'app/main.js', content: 'console.log(1)', mtime },
];
const canonicalise = (at: string, digest: string, baseLayers = 0) =>
  canonicaliseLayout(at, digest, { sourceDateEpoch: 0, baseLayers, memo: openLayerMemo(null) });
const blobs = (at: string) => readdirSync(join(at, 'blobs', 'sha256')).sort();

describe('canonicaliseLayout', () => {
  it('gives the same digest for the same content, whenever it was built', async () => {
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    const first = await canonicalise(one, buildLayout(one, [app(1700000000)]).digest);
    const second = await canonicalise(two, buildLayout(two, [app(1800000000)]).digest);
    expect(first.root.digest).toBe(second.root.digest);
    expect(first.images[0]?.config.created).toBe('1970-01-01T00:00:00Z');
    expect(blobs(one)).toEqual(blobs(two));
    await verifyLayout(first);
  });

  it('leaves layers of the base image, and layers that are old enough, as they are', async () => {
    const { digest } = buildLayout(folder, [
      [{ path: 'base', content: 'b', mtime: 1700000000 }],
      [{ path: 'old', content: 'o', mtime: 0 }],
      app(1700000000),
    ]);
    const before = openLayout(folder, digest).images[0]?.manifest.layers.map((layer) => layer.digest) ?? [];
    const after =
      (await canonicalise(folder, digest, 1)).images[0]?.manifest.layers.map((layer) => layer.digest) ?? [];
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
    expect(after[2]).not.toBe(before[2]);
  });

  it('removes what a build that was killed left behind', async () => {
    const { digest } = buildLayout(folder, [app(5)]);
    for (const name of ['ingest', 'rewriting-12', 'importing-12', '.image.json.12'])
      mkdirSync(join(folder, name));
    await canonicalise(folder, digest);
    expect(readdirSync(folder).sort()).toEqual(['blobs', 'index.json', 'oci-layout']);
  });

  it('is idempotent, and removes what the image does not reach', async () => {
    const { digest } = buildLayout(folder, [app(5)]);
    writeFileSync(join(folder, 'blobs', 'sha256', 'f'.repeat(64)), 'of an earlier build');
    const first = await canonicalise(folder, digest);
    const kept = blobs(folder);
    expect(kept).toHaveLength(3);
    const second = await canonicalise(folder, first.root.digest);
    expect(second.root.digest).toBe(first.root.digest);
    expect(blobs(folder)).toEqual(kept);
  });

  it('keeps names longer than a header holds, and drops only their times', async () => {
    const path = `app/${'long/'.repeat(40)}file.js`;
    const layout = await canonicalise(
      folder,
      buildLayout(folder, [[{ path, content: 'x', mtime: 1700000000 }]]).digest,
    );
    const analysis = await analyseImage(layout, layout.images[0] as LayoutImage, 3);
    expect(analysis.largest).toEqual([{ path, bytes: 1, layer: 1 }]);
  });

  it('finds a blob that changed on disk', async () => {
    const { digest } = buildLayout(folder, [app(0)]);
    const layer = openLayout(folder, digest).images[0]?.manifest.layers[0]?.digest.slice(7) ?? '';
    const file = join(folder, 'blobs', 'sha256', layer);
    const bytes = readFileSync(file);
    bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    await expect(canonicalise(folder, digest)).rejects.toThrow(/corrupted/);
    const memo = openLayerMemo(null);
    memo.set(`sha256:${layer}`, { uncompressed: 1, newest: 0 });
    const known = canonicaliseLayout(folder, digest, { sourceDateEpoch: 0, baseLayers: 0, memo });
    await expect(known).rejects.toThrow(/has another digest/);
  });
});

describe('openLayout', () => {
  it.each<[string, () => void, RegExp]>([
    ['an empty folder', () => rmSync(join(folder, 'index.json')), /no image layout here/],
    ['half an index', () => writeFileSync(join(folder, 'index.json'), '{"manif'), /not a JSON object/],
    ['no manifest', () => writeFileSync(join(folder, 'index.json'), '{"manifests":[]}'), /names 0 images/],
    [
      'no list of manifests',
      () => writeFileSync(join(folder, 'index.json'), '{"manifests":{}}'),
      /malformed descriptor/,
    ],
    [
      'a manifest that is null',
      () => writeFileSync(join(folder, 'index.json'), '{"manifests":[null]}'),
      /malformed descriptor/,
    ],
    [
      'a digest that is a path',
      () =>
        writeFileSync(
          join(folder, 'index.json'),
          '{"manifests":[{"mediaType":"x","digest":"sha256:../../etc/passwd","size":1}]}',
        ),
      /is not a sha256 digest/,
    ],
    [
      'a truncated blob',
      () => blobs(folder).forEach((name) => writeFileSync(join(folder, 'blobs', 'sha256', name), '')),
      /has 0 bytes, its descriptor says/,
    ],
    ['a missing blob', () => rmSync(join(folder, 'blobs'), { recursive: true }), /is missing/],
  ])('says in one line what is wrong: %s', (_, damage, message) => {
    buildLayout(folder, [app(0)]);
    damage();
    expect(() => openLayout(folder)).toThrow(message);
    expect(() => openLayout(folder)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('\n') }),
    );
  });
});

describe('image.json', () => {
  const facts = { project: 'api', tags: ['acme/api:dev'], base: { name: 'scratch', digest: null } };

  it('describes the layout, and holds to its schema', async () => {
    const { digest, configDigest } = buildLayout(folder, [
      [{ path: 'a', content: 'x'.repeat(3000) }],
      app(0),
    ]);
    const record = await describeLayout(openLayout(folder), facts, openLayerMemo(null));
    expect(record).toMatchObject({
      digest,
      configDigest,
      platforms: ['linux/amd64'],
      layers: [
        {
          createdBy: 'COPY layer-1 / # buildkit',
          uncompressed: tarOf([{ path: 'a', content: 'x'.repeat(3000) }]).length,
        },
        {},
      ],
    });
    writeRecord(folder, record);
    expect(readRecord(folder)).toEqual(record);
    const validate = new Ajv({ strict: false }).compile(schema);
    expect([validate(record), validate.errors]).toEqual([true, null]);
    expect(validate({ ...record, digest: 'sha256:1' })).toBe(false);
  });

  it.each(['{', '{}', '{"schemaVersion":2}', '[]'])('refuses %s', (text) => {
    writeFileSync(join(folder, 'image.json'), text);
    expect(() => readRecord(folder, 'api')).toThrow(/Run nx docker-build api again/);
  });

  it.each([
    { digest: 'sha256:1' },
    { tags: [1] },
    { layers: [null] },
    { platforms: undefined },
    { sizes: { compressed: 1, uncompressed: '2' } },
  ])('refuses a record with %j', async (wrong) => {
    buildLayout(folder, [app(0)]);
    const record = await describeLayout(openLayout(folder), facts, openLayerMemo(null));
    writeFileSync(join(folder, 'image.json'), JSON.stringify({ ...record, ...wrong }));
    expect(() => readRecord(folder, 'api')).toThrow(/is not an image record of this version/);
  });

  it('says what to do where there is none', () => {
    expect(() => readRecord(folder, 'api')).toThrow(/Run nx docker-build api first/);
  });
});

describe('archiveOf', () => {
  it('is an OCI layout and a docker archive at once', async () => {
    buildLayout(folder, [app(0)]);
    const entries = new Map<string, string>();
    let name = '';
    const reader = new TarReader(
      {
        entry: (entry) => {
          name = entry.name;
          entries.set(name, '');
          return true;
        },
        body: (chunk) => entries.set(name, (entries.get(name) ?? '') + chunk.toString('latin1')),
      },
      'archive',
    );
    for await (const chunk of archiveOf(openLayout(folder), ['acme/api:dev'])) reader.write(chunk as Buffer);
    reader.finish();
    const manifest = JSON.parse(entries.get('manifest.json') ?? '') as {
      Config: string;
      RepoTags: string[];
      Layers: string[];
    }[];
    expect(manifest[0]?.RepoTags).toEqual(['acme/api:dev']);
    expect(
      [manifest[0]?.Config, ...(manifest[0]?.Layers ?? [])].every((path) => entries.has(path ?? '')),
    ).toBe(true);
    expect(JSON.parse(entries.get('index.json') ?? '')).toMatchObject({
      manifests: [{ annotations: { 'io.containerd.image.name': 'docker.io/acme/api:dev' } }],
    });
  });

  it.each([
    ['api:dev', 'docker.io/library/api:dev'],
    ['acme/api', 'docker.io/acme/api'],
    ['registry.example.com/api:1', 'registry.example.com/api:1'],
    ['localhost:5000/api:1', 'localhost:5000/api:1'],
  ])('spells %s out as %s', (short, long) => expect(canonicalReference(short)).toBe(long));
});

describe('analyseImage', () => {
  it('counts what a later layer overwrites, deletes and hides', async () => {
    buildLayout(folder, [
      [
        { path: 'etc/' },
        { path: 'etc/one', content: 'x'.repeat(1000) },
        { path: 'etc/two', content: 'x'.repeat(200) },
        { path: 'cache/a', content: 'x'.repeat(50) },
        { path: 'opaque/b', content: 'x'.repeat(30) },
        { path: 'folder/c', content: 'x'.repeat(7) },
        { path: 'etc/link', type: '2', link: 'one' },
      ],
      [
        { path: 'etc/one', content: 'y'.repeat(10) },
        { path: 'etc/.wh.two' },
        { path: '.wh.cache' },
        { path: 'opaque/new', content: 'z' },
        { path: 'opaque/.wh..wh..opq' },
        { path: './folder', content: 'now a file' },
      ],
    ]);
    const layout = openLayout(folder);
    const { waste, wasted, files, largest } = await analyseImage(layout, layout.images[0] as LayoutImage, 10);
    expect(wasted).toBe(1000 + 200 + 50 + 30 + 7);
    expect(
      waste.map(({ path, bytes, by, layer, laterLayer }) => [path, bytes, by, layer, laterLayer]),
    ).toEqual([
      ['etc/one', 1000, 'overwritten', 1, 2],
      ['etc/two', 200, 'deleted', 1, 2],
      ['cache/a', 50, 'deleted', 1, 2],
      ['opaque/b', 30, 'deleted', 1, 2],
      ['folder/c', 7, 'overwritten', 1, 2],
    ]);
    expect(files).toBe(4);
    expect(largest.map(({ path }) => path)).toEqual(['etc/one', 'folder', 'opaque/new', 'etc/link']);
  });
});
