import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { logger } from '@nx/devkit';
import { EngineError } from '../../packages/engines/engine';
import { buildLayout } from '../../packages/images/fixture-layout';
import type { ImageRecord } from '../../packages/images/image-record';
import { readProvenance } from '../../packages/images/provenance';
import { FixtureEngine } from '../fixture-engine';
import { FixtureWorkspace } from '../fixture-workspace';
import { checkIgnoredFiles } from './check-ignored';
import { checkSources } from './check-sources';
import build, { buildImage } from './executor';
import { planBuild } from './plan';
import type { BuildExecutorSchema } from './schema.gen';

let workspace: FixtureWorkspace;
let engine: FixtureEngine;
const environment = { ...process.env };

beforeEach(() => {
  workspace = new FixtureWorkspace();
  engine = new FixtureEngine();
  jest.spyOn(logger, 'log').mockImplementation(() => undefined);
  workspace.writeService('FROM debian:13.2-slim\nARG VERSION=0.0.0\nCOPY dist/apps/api/ ./\n');
});

afterEach(() => {
  jest.restoreAllMocks();
  process.env = { ...environment };
  workspace.remove();
});

const plan = (options: BuildExecutorSchema = {}) => planBuild(options, workspace.context);
const at = (path: string) => join(workspace.root, path);
const mtime = 1_700_000_000;

/** What an engine does: two layers of the base, one of the Dockerfile, all with new timestamps. */
function builds(content = 'v1') {
  engine.onBuild = ({ layout }) => {
    const file = (path: string, text: string) => [{ path, content: text, mtime }];
    const { digest } = buildLayout(layout, [file('base1', '1'), file('base2', '2'), file('app', content)], {
      history: [
        { created_by: 'base one' },
        { created_by: 'base two' },
        { created_by: 'ARG VERSION=0.0.0', empty_layer: true },
        { created_by: 'COPY dist/apps/api/ ./ # buildkit' },
      ],
    });
    return Promise.resolve({
      kind: 'layout',
      digest,
      bases: { 'docker.io/library/debian:13.2-slim': `sha256:${'d'.repeat(64)}` },
    });
  };
}

describe('files that git ignores', () => {
  const check = (options: BuildExecutorSchema = {}) => checkIgnoredFiles(plan(options));
  beforeEach(() => {
    execFileSync('git', ['init', '-q'], { cwd: workspace.root });
    workspace.write('.gitignore', '*.local\nnode_modules\ndist\n__pycache__\n');
    workspace.write('apps/api/Dockerfile', 'FROM scratch\nCOPY apps/api /src\nCOPY dist/apps/api /app\n');
  });

  it('are refused where the image would have them', async () => {
    await check();
    workspace.write('apps/api/src/secret.local', 'one');
    await expect(check()).rejects.toThrow(
      'apps/api/Dockerfile: copies apps/api/src/secret.local, which git ignores, so Nx would not see when it changes. Add apps/api/src/secret.local to .dockerignore, or take it out of .gitignore.',
    );
    workspace.write('apps/api/Dockerfile.dockerignore', '**/*.local\n');
    await check();
  });

  it('are found in folders that are ignored as a whole, unless nothing of them is let in', async () => {
    workspace.write('apps/api/src/main.js', '');
    workspace.write('apps/api/src/__pycache__/a.pyc', '');
    await expect(check()).rejects.toThrow('copies apps/api/src/__pycache__/,');
    workspace.write('apps/api/Dockerfile.dockerignore', '**/*.pyc\n');
    await check();
    workspace.write('apps/api/Dockerfile.dockerignore', '**/__pycache__\n');
    await check();
  });

  it('may be what a build writes, and may lie where nothing is copied from', async () => {
    workspace.write('apps/api/dist/a.js', '');
    workspace.write('apps/web/secret.local', '');
    workspace.write('secret.local', '');
    await check();
    workspace.write('apps/api/Dockerfile', 'FROM scratch\nCOPY . /src\n');
    await expect(check({ context: 'project' })).resolves.toBeUndefined();
    await expect(check()).rejects.toThrow('copies apps/web/secret.local');
  });

  it('may be ignored by Nx alone', async () => {
    workspace.write('.nxignore', 'apps/api/notes\n');
    workspace.write('apps/api/notes/a.md', '');
    await expect(check()).rejects.toThrow('copies apps/api/notes/a.md');
  });
});

describe('the image', () => {
  it('has a record beside its layout, tags and base', async () => {
    builds();
    const record = await buildImage(plan(), engine);
    expect(record).toMatchObject({
      project: 'api',
      tags: ['source/api:dev'],
      base: { name: 'debian:13.2-slim', digest: `sha256:${'d'.repeat(64)}` },
    });
    expect(JSON.parse(readFileSync(at('dist/images/api/image.json'), 'utf8'))).toEqual(record);
  });

  it('says beside its record where it came from, which does not change it', async () => {
    builds();
    const { digest } = (await buildImage(plan(), engine)) as ImageRecord;
    const first = readProvenance(at('dist/images/api'), digest, 'api').predicate.buildDefinition;
    expect(first.resolvedDependencies.map(({ name, uri }) => name ?? uri)).toEqual([
      'apps/api/Dockerfile',
      'pkg:docker/library/debian@13.2-slim',
    ]);
    const commit = ['init -q', '-c user.name=t -c user.email=t@example.com commit -q --allow-empty -m one'];
    for (const args of commit) execFileSync('git', args.split(' '), { cwd: workspace.root });
    expect(await buildImage(plan(), engine)).toMatchObject({ digest });
    const second = readProvenance(at('dist/images/api'), digest, 'api').predicate.buildDefinition;
    expect(second.resolvedDependencies).toHaveLength(3);
  });

  it('keeps the layers of its base and clamps its own', async () => {
    builds();
    const digests: string[][] = [];
    const { onBuild } = engine;
    engine.onBuild = async (request) => {
      const built = await onBuild(request);
      const index = JSON.parse(readFileSync(join(request.layout, 'index.json'), 'utf8')) as {
        manifests: [{ digest: string }];
      };
      const manifest = readFileSync(
        join(request.layout, 'blobs/sha256', index.manifests[0].digest.slice(7)),
        'utf8',
      );
      digests.push(
        (JSON.parse(manifest) as { layers: { digest: string }[] }).layers.map(({ digest }) => digest),
      );
      return built;
    };
    const { layers } = (await buildImage(plan(), engine)) as ImageRecord;
    expect(layers.slice(0, 2).map(({ digest }) => digest)).toEqual(digests[0]!.slice(0, 2));
    expect(layers[2]!.digest).not.toBe(digests[0]![2]);
  });

  it('leaves nothing where the build fails', async () => {
    engine.onBuild = () => Promise.reject(new EngineError('apps/api/Dockerfile:3: no'));
    await expect(buildImage(plan(), engine)).rejects.toThrow('apps/api/Dockerfile:3: no');
    expect(existsSync(at('dist/images/api'))).toBe(false);
  });

  it('is built anew where the one before is damaged', async () => {
    builds();
    const { layers, digest } = (await buildImage(plan(), engine)) as ImageRecord;
    const warn = jest.spyOn(logger, 'warn').mockImplementation(() => undefined);
    const { onBuild } = engine;
    // As BuildKit does: a blob that is there is not sent again, whatever is in it.
    engine.onBuild = async (request) => {
      const blob = join(request.layout, 'blobs/sha256', layers[0]!.digest.slice(7));
      const damaged = existsSync(blob);
      const built = await onBuild(request);
      if (damaged) writeFileSync(blob, 'damaged');
      return built;
    };
    expect((await buildImage(plan(), engine))?.digest).toBe(digest);
    expect(warn).toHaveBeenCalledTimes(1);
    engine.onBuild = () => Promise.reject(new EngineError('no'));
    await expect(buildImage(plan(), engine)).rejects.toThrow('no');
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it('has no record while it is built, nor after a failure', async () => {
    builds();
    await buildImage(plan(), engine);
    engine.onBuild = ({ layout }) => {
      expect(existsSync(join(layout, 'image.json'))).toBe(false);
      expect(existsSync(join(layout, 'blobs'))).toBe(true);
      return Promise.reject(new EngineError('no'));
    };
    await expect(buildImage(plan(), engine)).rejects.toThrow('no');
    expect(existsSync(at('dist/images/api/image.json'))).toBe(false);
  });

  it('is not touched by a dry run', async () => {
    builds();
    await buildImage(plan(), engine);
    engine.onBuild = ({ dryRun }) => Promise.resolve({ kind: 'layout', digest: String(dryRun), bases: {} });
    expect(await buildImage(plan({ dryRun: true }), engine)).toBeNull();
    expect(existsSync(at('dist/images/api/image.json'))).toBe(true);
  });
});

describe('the plan', () => {
  it('takes the workspace for the context and the service for the name', () => {
    workspace.write('infrastructure/toolbox.yaml', 'name: shop\nregistry: registry.example.com/shop\n');
    expect(plan({ tag: '1.2.3', tags: ['latest-main', 'other.example.com/x:1'] })).toMatchObject({
      outputPath: 'dist/images/api',
      context: '.',
      tags: [
        'registry.example.com/shop/api:1.2.3',
        'registry.example.com/shop/api:latest-main',
        'other.example.com/x:1',
      ],
      request: {
        context: workspace.root,
        dockerfileName: 'apps/api/Dockerfile',
        sourceDateEpoch: 0,
        labels: {},
      },
    });
  });

  it('follows the options of the target for a project without a description', () => {
    const other = {
      ...workspace.context,
      projectName: '@acme/old',
      projectsConfigurations: { version: 2, projects: { '@acme/old': { root: 'apps/old' } } },
    };
    workspace.write('apps/old/Dockerfile', 'FROM scratch\nCOPY x /\n');
    expect(planBuild({ context: 'project', registry: 'r.example.com' }, other)).toMatchObject({
      outputPath: 'dist/images/@acme/old',
      context: 'apps/old',
      tags: ['r.example.com/acme-old:dev'],
    });
    expect(planBuild({ cacheTo: ['type=local,dest=/c/{project}'] }, other).request.cacheTo).toEqual([
      'type=local,dest=/c/acme-old',
    ]);
  });

  it('passes a version from the environment only to a Dockerfile that takes it', () => {
    process.env['TOOLBOX_VERSION'] = '1.2.3';
    process.env['TOOLBOX_REVISION'] = 'abc';
    expect(plan({ buildArgs: { A: '1' } }).request.buildArgs).toEqual({ VERSION: '1.2.3', A: '1' });
  });

  it.each<[BuildExecutorSchema, string]>([
    [{ outputPath: '../x' }, 'api: outputPath: ../x leaves the workspace.'],
    [{ dockerfile: '/etc/x' }, 'api: dockerfile: /etc/x is absolute.'],
    [{ context: '../..' }, 'api: context: ../.. leaves the workspace.'],
    [
      { dockerfile: 'apps/api/nope' },
      'apps/api/nope: does not exist. Generate it with: nx g toolbox:service api',
    ],
  ])('refuses %j', (options, message) => {
    expect(() => plan(options)).toThrow(message);
  });
});

describe('secrets', () => {
  const mounts = 'FROM x\nRUN --mount=type=secret,id=npmrc --mount=type=secret,id=ca true\n';
  beforeEach(() => {
    delete process.env['TOOLBOX_CA_FILE'];
    delete process.env['NODE_EXTRA_CA_CERTS'];
    process.env['NPM_CONFIG_USERCONFIG'] = at('user/.npmrc');
  });

  it('are the files that exist, for a Dockerfile that mounts them', () => {
    workspace.write('user/.npmrc', '');
    workspace.write('user/ca.pem', '');
    process.env['NODE_EXTRA_CA_CERTS'] = at('user/ca.pem');
    expect(plan().request.secrets).toEqual([]);
    workspace.write('apps/api/Dockerfile', mounts);
    expect(plan().request.secrets).toEqual([
      { id: 'npmrc', file: at('user/.npmrc') },
      { id: 'ca', file: at('user/ca.pem') },
    ]);
    process.env['TOOLBOX_CA_FILE'] = at('package.json');
    expect(plan().request.secrets[1]).toEqual({ id: 'ca', file: at('package.json') });
  });

  it('may be missing, but not where the user names one', () => {
    workspace.write('apps/api/Dockerfile', mounts);
    expect(plan().request.secrets).toEqual([]);
    expect(plan({ secrets: { ca: 'package.json' } }).request.secrets).toEqual([
      { id: 'ca', file: at('package.json') },
    ]);
    expect(() => plan({ secrets: { ca: 'nope.pem' } })).toThrow('secrets.ca: nope.pem does not exist.');
  });
});

describe('what the Dockerfile copies', () => {
  it.each<[string, string]>([
    [
      'COPY dist/apps/api/ ./\nCOPY dist/deps/api/manifests/ ./',
      'apps/api/Dockerfile:3: dist/deps/api/manifests does not exist. Run nx docker-deps api',
    ],
    [
      'COPY config/*.json nothing.txt ./',
      'apps/api/Dockerfile:2: nothing.txt does not exist. Correct the path',
    ],
    ['COPY dist/apps/web ./', 'apps/api/Dockerfile:2: dist/apps/web does not exist. Run nx build api.'],
  ])('%j', (lines, message) => {
    workspace.write('apps/api/Dockerfile', `FROM x\n${lines}\n`);
    expect(() => checkSources(plan())).toThrow(message);
  });

  it('names the target that makes it', () => {
    workspace.write(
      'apps/api/toolbox.yaml',
      'runtime: node\nbuild:\n  target: bundle\n  output: dist/other\n  main: main.js\n',
    );
    workspace.write('apps/api/Dockerfile', 'FROM x\nCOPY dist/other ./\n');
    expect(() => checkSources(plan())).toThrow(
      'apps/api/Dockerfile:2: dist/other does not exist. Run nx bundle api',
    );
    workspace.write('dist/other/index.js', '');
    expect(() => checkSources(plan())).toThrow(
      'dist/other/main.js: does not exist. Run nx bundle api, or correct build.output and build.main',
    );
  });
});

describe('the executor', () => {
  it('says in one line what is wrong and fails', async () => {
    const error = jest.spyOn(logger, 'error').mockImplementation(() => undefined);
    process.env['PATH'] = at('nothing');
    expect(await build({}, workspace.context)).toEqual({ success: false });
    writeFileSync(at('apps/api/toolbox.yaml'), 'runtime: node\nprot: 1\n');
    expect(await build({}, workspace.context)).toEqual({ success: false });
    expect(error.mock.calls.map(([line]) => line)).toEqual([
      'Docker was not found. Install Docker Engine 25 or later, or add the folder of docker to PATH.',
      'apps/api/toolbox.yaml:2: prot is not a key. Did you mean port?',
    ]);
    expect(existsSync(at('dist/images/api'))).toBe(false);
  });
});
