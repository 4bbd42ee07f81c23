import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { logger } from '@nx/devkit';
import { buildLayout } from '../../packages/images/fixture-layout';
import { FixtureWorkspace } from '../fixture-workspace';
import { contentsOf } from './contents';
import push from './executor';
import { mountSources } from './mount-sources';
import { planPush } from './plan';
import type { PushExecutorSchema } from './schema.gen';

let workspace: FixtureWorkspace;
let error: jest.SpyInstance;
const environment = { ...process.env };

beforeEach(() => {
  workspace = new FixtureWorkspace();
  error = jest.spyOn(logger, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env = { ...environment };
  workspace.remove();
});

/** An image of `project` with these layers, as docker-build leaves it. */
function built(
  project: string,
  tags: readonly string[],
  layers: readonly string[],
  base = 'scratch',
): string {
  const folder = join(workspace.root, 'dist/images', project);
  const { digest, configDigest } = buildLayout(
    folder,
    layers.map((content) => [{ path: content, content }]),
  );
  const record = {
    schemaVersion: 1,
    project,
    digest,
    configDigest,
    platforms: ['linux/amd64'],
    tags,
    base: { name: base, digest: null },
    sizes: { compressed: 1, uncompressed: 1 },
    layers: contentsOf(folder, digest).blobs.slice(1),
  };
  workspace.write(`dist/images/${project}/image.json`, JSON.stringify(record));
  return folder;
}
const plan = (options: PushExecutorSchema = {}) => planPush({ tag: ['x'], ...options }, workspace.context);

describe('the repositories', () => {
  it('are those that the image was built for, each with its own tags', async () => {
    built(
      'api',
      ['acme/api:dev', 'one.example.com/acme/api:a', 'one.example.com/acme/api:b', 'two.example.com/api'],
      ['x'],
    );
    const { targets } = await plan({ tag: undefined, tagsFrom: ['record'] });
    expect(targets).toEqual([
      {
        registry: 'one.example.com',
        repository: 'acme/api',
        name: 'one.example.com/acme/api',
        tags: ['a', 'b'],
      },
      { registry: 'two.example.com', repository: 'api', name: 'two.example.com/api', tags: ['latest'] },
    ]);
  });

  it('are the one that is chosen', async () => {
    built('api', ['acme/api:dev'], ['x']);
    const { targets } = await plan({ repository: 'example.com:5000/other' });
    expect(targets).toEqual([
      { registry: 'example.com:5000', repository: 'other', name: 'example.com:5000/other', tags: ['x'] },
    ]);
  });

  it.each(['acme/api', 'example.com/acme/api:1'])('are not %s', async (repository) => {
    built('api', ['acme/api:dev'], ['x']);
    await expect(plan({ repository })).rejects.toThrow(
      /^api: --repository: \S+ is no repository such as registry/,
    );
  });

  it('are missing where no registry is configured, in one line', async () => {
    built('api', ['acme/api:dev'], ['x']);
    expect(await push({}, workspace.context)).toEqual({ success: false });
    expect(error.mock.calls).toEqual([
      [
        'api: its image acme/api:dev names no registry. Set registry in infrastructure/toolbox.yaml, e.g. to registry.example.com/acme, or name one: --repository=registry.example.com/acme/api',
      ],
    ]);
  });
});

describe('the tags of a repository', () => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: workspace.root,
      encoding: 'utf8',
    }).trim();
  const tags = async () => (await plan({ tag: undefined })).targets[0]?.tags;

  it('come from git and package.json', async () => {
    workspace.write('.gitignore', 'dist\ndata\n');
    workspace.write('apps/api/package.json', '{ "version": "1.2.3" }');
    git('init', '-q', '-b', 'main');
    git('add', '.');
    git('commit', '-q', '-m', 'one');
    built('api', ['example.com/api:dev'], ['x']);
    const commit = git('rev-parse', '--short', 'HEAD');
    expect(await tags()).toEqual([`sha-${commit}`, 'main']);
    git('tag', 'api@1.2.3');
    expect(await tags()).toEqual(['1.2.3', `sha-${commit}`, 'main']);
    workspace.write('apps/api/package.json', '{ "version": "1.2.4" }');
    git('checkout', '-q', '--detach');
    expect(await tags()).toEqual([`sha-${commit}-dirty`]);
    Object.assign(process.env, { GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: 'feature/a' });
    expect(await tags()).toEqual([`sha-${commit}-dirty`, 'feature-a']);
  });
});

describe('blobs that the registry may have elsewhere', () => {
  it('are those of other images of the workspace, and of the base', async () => {
    built('web', ['example.com/acme/web:dev'], ['shared', 'web']);
    built('far', ['other.example.com/acme/far:dev'], ['shared']);
    const folder = built('api', ['example.com/acme/api:dev'], ['shared', 'own'], 'example.com/base:1');
    const planned = await plan();
    const sources = mountSources(planned, planned.targets[0]!);
    const [config, shared, own] = contentsOf(folder, planned.record.digest).blobs.map(({ digest }) =>
      sources(digest),
    );
    expect({ config, shared, own }).toEqual({ config: [], shared: ['acme/web', 'base'], own: ['base'] });
  });
});

describe('the contents of a layout', () => {
  it('are its manifests, what they name before them, and each blob once', () => {
    const folder = built('api', ['acme/api:dev'], ['twice', 'twice']);
    const { digest } = JSON.parse(readFileSync(join(folder, 'image.json'), 'utf8')) as { digest: string };
    const { manifests, blobs } = contentsOf(folder, digest);
    expect(manifests.map((manifest) => manifest.digest)).toEqual([digest]);
    expect(blobs).toHaveLength(2);
  });

  it('are refused where a blob is not whole, before a byte of it is sent', async () => {
    const folder = built('api', ['acme/api:dev'], ['x']);
    const { digest } = JSON.parse(readFileSync(join(folder, 'image.json'), 'utf8')) as { digest: string };
    const { blobs, readBlob } = contentsOf(folder, digest);
    truncateSync(join(folder, 'blobs/sha256', blobs[1]!.digest.slice(7)), 3);
    await expect(readBlob(blobs[1]!, 0)).rejects.toThrow(
      `blob ${blobs[1]!.digest} is incomplete: the layout is corrupted.`,
    );
  });

  it('has a blob that a thin layout leaves out brought, and only that one', async () => {
    const folder = built('api', ['acme/api:dev'], ['left out', 'own']);
    const { digest } = JSON.parse(readFileSync(join(folder, 'image.json'), 'utf8')) as { digest: string };
    const [, left, own] = contentsOf(folder, digest).blobs;
    const path = join(folder, 'blobs/sha256', left!.digest.slice(7));
    const bytes = readFileSync(path);
    rmSync(path);
    const brought: string[] = [];
    const { readBlob } = contentsOf(folder, digest, (one) => {
      brought.push(one);
      writeFileSync(path, bytes);
      return Promise.resolve();
    });
    for (const blob of [own!, left!])
      for await (const chunk of await readBlob(blob, 0)) expect(chunk).toBeTruthy();
    expect(brought).toEqual([left!.digest]);
  });
});
