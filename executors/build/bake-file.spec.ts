import { FixtureWorkspace } from '../fixture-workspace';
import { bakeFile } from './bake-file';
import { planBuild } from './plan';
import type { BuildExecutorSchema } from './schema.gen';

let workspace: FixtureWorkspace;
beforeEach(() => {
  workspace = new FixtureWorkspace();
  workspace.write('apps/api/Dockerfile', 'FROM scratch\nRUN --mount=type=secret,id=npmrc true\n');
  workspace.write('.npmrc', '');
});
afterEach(() => workspace.remove());

const render = (options: BuildExecutorSchema) => bakeFile(planBuild(options, workspace.context));

it('says what the build says, with paths that hold on every machine', () => {
  const options: BuildExecutorSchema = {
    context: 'project',
    buildArgs: { A: 'a ${b} %{c}' },
    platforms: ['linux/amd64', 'linux/arm64'],
    target: 'final',
    tags: ['acme/api:1'],
    cacheFrom: ['type=local,src=.cache/{project}'],
    secrets: { npmrc: '.npmrc' },
  };
  expect(JSON.parse(JSON.stringify(render(options)))).toEqual({
    group: { default: { targets: ['api'] } },
    target: {
      api: {
        context: 'apps/api',
        dockerfile: '../../apps/api/Dockerfile',
        args: { SOURCE_DATE_EPOCH: '0', A: 'a $${b} %%{c}' },
        target: 'final',
        platforms: ['linux/amd64', 'linux/arm64'],
        tags: ['source/api:dev', 'acme/api:1'],
        'cache-from': ['type=local,src=.cache/api'],
      },
    },
  });
});

it('says no more than is needed', () => {
  expect(JSON.parse(JSON.stringify(render({})))).toEqual({
    group: { default: { targets: ['api'] } },
    target: {
      api: {
        context: '.',
        dockerfile: 'apps/api/Dockerfile',
        args: { SOURCE_DATE_EPOCH: '0' },
        tags: ['source/api:dev'],
      },
    },
  });
});
