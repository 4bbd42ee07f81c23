import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { logger } from '@nx/devkit';
import { archiveOf } from '../../packages/images/archive';
import { buildLayout } from '../../packages/images/fixture-layout';
import type { ImageRecord } from '../../packages/images/image-record';
import { openLayout, verifyLayout } from '../../packages/images/layout';
import { readRecord } from '../../packages/images/record';
import { FixtureEngine } from '../fixture-engine';
import { FixtureWorkspace } from '../fixture-workspace';
import { completeImage } from '../whole-layout';
import { buildImage } from './executor';
import { planBuild } from './plan';
import type { BuildExecutorSchema } from './schema.gen';

const name = 'localhost:1/acme/base:1';
const baseDigest = `sha256:${'d'.repeat(64)}`;
const reference = `${name}@${baseDigest}`;

let workspace: FixtureWorkspace;
let engine: FixtureEngine;
/** Blobs that lay in the folder when the engine was asked to build. */
let before: readonly string[] = [];

beforeEach(() => {
  workspace = new FixtureWorkspace();
  engine = new FixtureEngine();
  jest.spyOn(logger, 'log').mockImplementation(() => undefined);
  workspace.writeService(`FROM ${name}\nCOPY dist/apps/api/ ./\n`);
  engine.onBuild = ({ layout }) => {
    before = existsSync(join(layout, 'blobs/sha256')) ? readdirSync(join(layout, 'blobs/sha256')) : [];
    const { digest } = buildLayout(layout, [...baseLayers, [{ path: 'app', content: 'v1' }]], { history });
    return Promise.resolve({ kind: 'layout', digest, bases: { [name]: baseDigest } });
  };
});
afterEach(() => {
  jest.restoreAllMocks();
  workspace.remove();
});

const baseLayers = [[{ path: 'one', content: '1' }], [{ path: 'two', content: '2' }]];
const history = [
  { created_by: 'one' },
  { created_by: 'two' },
  { created_by: 'COPY dist/apps/api/ ./ # buildkit' },
];
const folder = () => join(workspace.root, 'dist/images/api');
const has = (digest: string) => existsSync(join(folder(), 'blobs/sha256', digest.slice(7)));
const build = async (options: BuildExecutorSchema = {}) =>
  (await buildImage(planBuild(options, workspace.context), engine)) as ImageRecord;

/** The base by itself, as the engine has it. */
function engineHasBase(): void {
  const base = join(workspace.root, 'base');
  const { digest } = buildLayout(base, baseLayers);
  const layout = openLayout(base, digest);
  engine.bases.set(reference, layout.images[0]!.config.rootfs.diff_ids);
  engine.onSave = () => ({ stream: archiveOf(layout, [name]), done: Promise.resolve() });
}

it('leaves out the layers of a base that the engine has by its digest, and says so', async () => {
  engineHasBase();
  const record = await build();
  expect(record).toMatchObject({ layout: 'thin', leftOut: { base: reference } });
  expect(record.leftOut?.blobs.map(({ digest }) => digest)).toEqual(
    record.layers.slice(0, 2).map(({ digest }) => digest),
  );
  expect(record.layers.map(({ digest }) => has(digest))).toEqual([false, false, true]);
  expect(readRecord(folder())).toEqual(record);
});

it('is the same image as a full one', async () => {
  engineHasBase();
  const thin = await build();
  const full = await build({ layout: 'full' });
  expect(full).toMatchObject({
    digest: thin.digest,
    configDigest: thin.configDigest,
    sizes: thin.sizes,
    layout: 'full',
  });
  expect(full.leftOut).toBeUndefined();
  await verifyLayout(openLayout(folder(), full.digest));
});

it('lends the base to the next build, so that nothing is sent again, and asks the engine once', async () => {
  engineHasBase();
  const first = await build();
  const second = await build();
  expect(second).toEqual(first);
  for (const { digest } of first.leftOut!.blobs) expect(before).toContain(digest.slice(7));
  expect(engine.calls.filter((call) => call.startsWith('layers of'))).toHaveLength(1);
  expect(second.layers.map(({ digest }) => has(digest))).toEqual([false, false, true]);
});

it('is whole where nobody has the base by its digest; a layout that must be thin fails', async () => {
  const record = await build();
  expect(record.layout).toBe('full');
  await verifyLayout(openLayout(folder(), record.digest));
  expect(engine.calls.filter((call) => call.startsWith('layers of'))).toHaveLength(1);
  await build();
  expect(engine.calls.filter((call) => call.startsWith('layers of'))).toHaveLength(1);
  await expect(build({ layout: 'thin' })).rejects.toThrow(
    'api: layout: thin: neither the engine nor its registry has the base localhost:1/acme/base:1 by its digest. Pull it, or leave the option out.',
  );
});

it('is whole where what the engine has under that name is another image', async () => {
  engineHasBase();
  engine.bases.set(reference, [`sha256:${'0'.repeat(64)}`]);
  expect((await build()).layout).toBe('full');
});

it('is whole where the engine gave an archive, whose layers are of our own compression, unless it was asked to be thin', async () => {
  engineHasBase();
  const saved = join(workspace.root, 'saved');
  const { digest, configDigest } = buildLayout(saved, [...baseLayers, [{ path: 'app', content: 'v1' }]], {
    history,
  });
  engine.onBuild = () =>
    Promise.resolve({
      kind: 'archive',
      imageId: configDigest,
      bases: { [name]: baseDigest },
      save: () => ({ stream: archiveOf(openLayout(saved, digest), []), done: Promise.resolve() }),
    });
  expect((await build()).layout).toBe('full');
  expect(await build({ layout: 'thin' })).toMatchObject({ layout: 'thin', leftOut: { base: reference } });
});

it('is whole without a base', async () => {
  workspace.write('apps/api/Dockerfile', 'FROM scratch\nCOPY dist/apps/api/ ./\n');
  expect((await build({ layout: 'thin' })).layout).toBe('full');
});

describe('a task that needs the whole image', () => {
  const complete = (record: ImageRecord, only?: ReadonlySet<string>) =>
    completeImage(folder(), record, { workspaceRoot: workspace.root, engine: 'docker', only });
  const path = process.env['PATH'];
  beforeEach(() => {
    // No engine on this machine.
    process.env['PATH'] = workspace.root;
  });
  afterEach(() => {
    process.env['PATH'] = path;
  });

  it('takes the layers from the store, and says so', async () => {
    engineHasBase();
    const record = await build();
    const said = jest.spyOn(logger, 'log').mockImplementation(() => undefined);
    await complete(record);
    expect(said).toHaveBeenCalledWith(
      expect.stringMatching(
        /^api: 2 layers \(.*\) of its base localhost:1\/acme\/base:1@sha256:d+ came from the blob store\.$/,
      ),
    );
    await verifyLayout(openLayout(folder(), record.digest));
  });

  it('may need a few of them only', async () => {
    engineHasBase();
    const record = await build();
    const [one, two] = record.leftOut!.blobs;
    await complete(record, new Set([two!.digest]));
    expect([has(one!.digest), has(two!.digest)]).toEqual([false, true]);
  });

  it('ends in one line where nothing has them', async () => {
    engineHasBase();
    const record = await build();
    rmSync(join(workspace.root, 'cache'), { recursive: true });
    await expect(complete(record)).rejects.toThrow(
      /^[^\n]*dist\/images\/api: leaves 2 layers to its base localhost:1\/acme\/base:1@sha256:d+, and nothing here has them \(docker: [^\n]*; localhost:1: [^\n]*\)\. Pull the base, log in to its registry, or build whole images: nx docker-build api --layout=full$/,
    );
    expect(record.leftOut!.blobs.map(({ digest }) => has(digest))).toEqual([false, false]);
  });
});
