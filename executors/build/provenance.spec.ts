import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageRecord } from '../../packages/images/image-record';
import { readProvenance } from '../../packages/images/provenance';
import { FixtureWorkspace } from '../fixture-workspace';
import { planBuild } from './plan';
import { builderOf, keepProvenance } from './provenance';
import type { BuildExecutorSchema } from './schema.gen';

let workspace: FixtureWorkspace;
const environment = { ...process.env };
const dockerfile =
  'FROM node:24 AS build\nFROM registry.example.com/acme/base:1\nRUN --mount=type=secret,id=npmrc true\n';
const sha256 = (fill: string) => `sha256:${fill.repeat(64)}`;

beforeEach(() => {
  workspace = new FixtureWorkspace();
  for (const name of ['GITHUB_ACTIONS', 'GITLAB_CI']) delete process.env[name];
  workspace.write('apps/api/Dockerfile', dockerfile);
  workspace.write('dist/images/api/image.json', '{}');
});
afterEach(() => {
  process.env = { ...environment };
  workspace.remove();
});

const record = {
  project: 'api',
  digest: sha256('a'),
  platforms: ['linux/amd64'],
  tags: ['registry.example.com/acme/api:dev'],
  base: { name: 'registry.example.com/acme/base:1', digest: sha256('b') },
} as unknown as ImageRecord;
const source = { commit: 'c'.repeat(40), dirty: true, repository: 'git+https://example.com/acme/repo.git' };

async function kept(
  options: BuildExecutorSchema = {},
  of: Partial<ImageRecord> = {},
  bases: Readonly<Record<string, string>> = { 'docker.io/library/node:24': sha256('d') },
) {
  const plan = planBuild(options, workspace.context);
  await keepProvenance(plan, { ...record, ...of }, bases, source);
  return readProvenance(plan.folder, record.digest, 'api').predicate;
}

it('names the source, the Dockerfile and the bases by their digests', async () => {
  const { buildDefinition } = await kept();
  expect(buildDefinition.resolvedDependencies).toEqual([
    {
      uri: `git+https://example.com/acme/repo.git@${source.commit}`,
      digest: { gitCommit: source.commit },
      annotations: { dirty: true },
    },
    {
      name: 'apps/api/Dockerfile',
      digest: { sha256: createHash('sha256').update(dockerfile).digest('hex') },
    },
    { uri: 'pkg:docker/library/node@24', digest: { sha256: 'd'.repeat(64) } },
    {
      uri: 'pkg:docker/acme/base@1?repository_url=registry.example.com',
      digest: { sha256: 'b'.repeat(64) },
    },
  ]);
});

it('does not say what it does not know', async () => {
  const plan = planBuild({}, workspace.context);
  await keepProvenance(plan, { ...record, base: { name: 'node:24', digest: null } }, {}, null);
  const { buildDefinition } = readProvenance(plan.folder, record.digest, 'api').predicate;
  expect(buildDefinition.resolvedDependencies.slice(1)).toEqual([{ uri: 'pkg:docker/library/node@24' }]);
  const unnamed = await kept({}, { base: { name: 'node-${TARGETARCH}', digest: null } }, {});
  expect(unnamed.buildDefinition.resolvedDependencies).toHaveLength(2);
  const empty = await kept({}, { base: { name: 'scratch', digest: null } }, {});
  expect(empty.buildDefinition.resolvedDependencies).toHaveLength(2);
});

it('holds no secret: neither of a build argument nor of a mount', async () => {
  workspace.write('my.npmrc', '//registry.example.com/:_authToken=hunter2\n');
  const { buildDefinition } = await kept({
    buildArgs: { FEATURE: 'on', NPM_TOKEN: 'Zx81kQ9vTr4m' },
    secrets: { npmrc: 'my.npmrc' },
  });
  expect(buildDefinition['externalParameters']).toEqual({
    dockerfile: 'apps/api/Dockerfile',
    context: '.',
    platforms: ['linux/amd64'],
    buildArgs: { FEATURE: 'on', NPM_TOKEN: '***' },
    secrets: ['npmrc'],
  });
  expect(JSON.stringify(buildDefinition)).not.toMatch(/hunter2|Zx81|my\.npmrc/);
});

it('is the same for the same build, and none about another image', async () => {
  expect(await kept()).toEqual(await kept());
  const { folder } = planBuild({}, workspace.context);
  expect(() => readProvenance(folder, sha256('e'), 'api')).toThrow(
    `provenance.json: does not say where ${sha256('e')} came from. Run nx docker-build api --skip-nx-cache.`,
  );
  writeFileSync(join(folder, 'provenance.json'), '{');
  expect(() => readProvenance(folder, record.digest, 'api')).toThrow('does not say where');
});

it.each([
  [{}, 'urn:toolbox:builder:local', null],
  [
    {
      GITHUB_ACTIONS: 'true',
      GITHUB_SERVER_URL: 'https://github.example.com',
      GITHUB_REPOSITORY: 'acme/repo',
      GITHUB_RUN_ID: '17',
      RUNNER_ENVIRONMENT: 'github-hosted',
    },
    'https://github.example.com/actions/runner/github-hosted',
    'https://github.example.com/acme/repo/actions/runs/17',
  ],
  [
    {
      GITLAB_CI: 'true',
      CI_SERVER_URL: 'https://gitlab.example.com',
      CI_RUNNER_ID: '3',
      CI_JOB_URL: 'https://gitlab.example.com/acme/repo/-/jobs/5',
    },
    'https://gitlab.example.com/-/runners/3',
    'https://gitlab.example.com/acme/repo/-/jobs/5',
  ],
])('names the builder from the environment %j', (env, builder, invocation) => {
  expect(builderOf(env)).toEqual({ builder, invocation });
});
