import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DescriptionError } from '../../service/description-error';
import { createNodes, createNodesV2, name } from '../plugin';
import type { Input } from './build-inputs';
import { createNodesFor } from './create-nodes';
import type { TargetConfiguration } from './target-configuration';

let root: string;
let data: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'toolbox-plugin-'));
  data = join(root, 'data');
  process.env['NX_WORKSPACE_DATA_DIRECTORY'] = data;
  write('package.json', '{ "name": "@acme/source" }');
});

afterEach(() => {
  delete process.env['NX_WORKSPACE_DATA_DIRECTORY'];
  rmSync(root, { recursive: true, force: true });
});

const generated = readFileSync(
  join(__dirname, '../../runtimes/node/golden/distroless.bundled.Dockerfile'),
  'utf8',
);
const generatedIgnore = readFileSync(
  join(__dirname, '../../runtimes/node/golden/bundled.dockerignore'),
  'utf8',
);

describe('the entry', () => {
  it('has both names of Nx with one value', () => {
    expect(name).toBe('toolbox');
    expect(createNodes).toBe(createNodesV2);
    expect(createNodes[0]).toBe('**/{toolbox.yaml,Dockerfile}');
  });
});

describe('a service', () => {
  beforeEach(() => {
    write('apps/api/project.json', '{ "name": "api" }');
    write('apps/api/toolbox.yaml', 'runtime: node\nbuild:\n  target: bundle\n');
    write('apps/api/Dockerfile', generated);
    write('apps/api/Dockerfile.dockerignore', generatedIgnore);
  });

  it('has its targets once, on the description', async () => {
    const results = await createNodesFor(files(), undefined, { workspaceRoot: root });
    expect(results.map(([file]) => file)).toEqual(['apps/api/toolbox.yaml']);
    expect(Object.keys(await targets())).toEqual(
      [
        'docker-build docker-load docker-run docker-size-check docker-push docker-scan docker-sbom docker-report',
        'k8s-validate deploy rollback k8s-diff k8s-status',
        'docker-sign docker-verify-signature',
      ].flatMap((line) => line.split(' ')),
    );
  });

  it('is counted with all the others by the project of the stack', async () => {
    const file = 'infrastructure/toolbox.yaml';
    write(file, 'name: acme\n');
    const infer = async () =>
      (await createNodesFor([...files(), file], undefined, { workspaceRoot: root })).map(
        ([, { projects }]) => projects,
      );
    expect(await infer()).toHaveLength(1);
    write('infrastructure/project.json', '{ "name": "infrastructure" }');
    expect((await infer())[1]).toMatchObject({
      infrastructure: {
        targets: {
          'docker-size-check': expect.objectContaining({
            executor: 'toolbox:stack-size-check',
            dependsOn: [{ target: 'docker-build', projects: ['*'] }],
          }) as unknown,
          'docker-report': expect.objectContaining({
            executor: 'toolbox:stack-report',
            dependsOn: [
              { target: 'docker-build', projects: ['*'] },
              { target: 'docker-report', projects: ['*'] },
            ],
          }) as unknown,
        },
      },
    });
  });

  it('builds from exactly what can reach the image', async () => {
    const { 'docker-build': target } = await targets();
    expect(target).toMatchObject({
      executor: 'toolbox:build',
      cache: true,
      dependsOn: ['bundle'],
      outputs: ['{workspaceRoot}/dist/images/{projectName}'],
    });
    expect(target!.inputs).toEqual([
      '{projectRoot}/Dockerfile',
      '{projectRoot}/Dockerfile.dockerignore',
      '{projectRoot}/toolbox.yaml',
      '{workspaceRoot}/infrastructure/toolbox.yaml',
      { dependentTasksOutputFiles: 'dist/apps/api', transitive: false },
      { dependentTasksOutputFiles: 'dist/apps/api/**/!(*.map|*.d.ts|*.tsbuildinfo)', transitive: false },
      { env: 'TOOLBOX_VERSION' },
      { env: 'TOOLBOX_REVISION' },
      { externalDependencies: [] },
    ]);
  });

  it('carries the version of the plugin and the architecture into the hash', async () => {
    const { 'docker-build': target } = await targets();
    const { version } = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')) as {
      version: string;
    };
    expect(target!.options).toEqual({ inferredBy: `${version} ${process.arch}` });
    const { 'docker-build': chosen } = await targets({ platforms: ['linux/arm64'] });
    expect(chosen!.options).toEqual({ platforms: ['linux/arm64'], inferredBy: version });
  });

  it('prunes dependencies first where the description says so', async () => {
    write('apps/api/toolbox.yaml', 'runtime: node\nbuild: { dependencies: pruned }\n');
    const found = await targets();
    expect(found['docker-deps']).toMatchObject({
      executor: 'toolbox:deps',
      cache: true,
      dependsOn: ['build', '^build'],
    });
    expect(found['docker-build']!.dependsOn).toEqual(['build', 'docker-deps']);
  });

  it('depends on no build where the description says null', async () => {
    write('apps/api/toolbox.yaml', 'runtime: node\nbuild:\n  target: null\n');
    const { 'docker-build': target } = await targets();
    expect(target!.dependsOn).toEqual([]);
    expect(outputsOf(target!)).toEqual([]);
  });

  it('covers a file that a user adds to the Dockerfile', async () => {
    write('apps/api/Dockerfile', `${generated}\nCOPY config/api.json /app/\n`);
    expect((await targets())['docker-build']!.inputs).toContain('{workspaceRoot}/config/api.json');
  });

  it('takes source maps for an input again where the ignore file lets them in', async () => {
    write('apps/api/Dockerfile.dockerignore', '*\n**/*.map\n!dist/apps/api\n');
    expect(outputsOf((await targets())['docker-build']!)).toContain('dist/apps/api/**/*');
  });

  it('has targets before it has a Dockerfile', async () => {
    rmSync(join(root, 'apps/api/Dockerfile'));
    expect(outputsOf((await targets())['docker-build']!)).toEqual(['**/*']);
  });

  it('names its targets as the options say', async () => {
    const found = await targets({ targetNames: { 'docker-build': 'image' } });
    expect(found['image']!.executor).toBe('toolbox:build');
    expect(found['docker-load']!.dependsOn).toEqual(['image']);
    expect(found['docker-build']).toBeUndefined();
  });

  it('survives a description that is being edited', async () => {
    for (const text of ['', 'runtime: [', 'build: 3', 'nonsense: true\nbuild:\n  target: [a]']) {
      write('apps/api/toolbox.yaml', text);
      expect((await targets())['docker-build']!.dependsOn).toEqual(['build']);
    }
  });

  it('never calls itself docker, which @nx/docker would have to release', async () => {
    const all = JSON.stringify(await createNodesFor(files(), undefined, { workspaceRoot: root }));
    expect(all).not.toMatch(/"technologies":\[[^\]]*"docker"/);
    expect(all).toContain('"technologies":["container"]');
    for (const target of Object.values(await targets())) {
      expect(target.metadata.description).not.toBe('');
      expect(target.metadata.help.command).toMatch(/^npx nx \S+/);
    }
  });
});

describe('which folders are projects', () => {
  const at = async (...paths: string[]) =>
    (await createNodesFor(paths, undefined, { workspaceRoot: root })).map(([file]) => file);

  it('passes over folders that are none; the stack has a project of its own', async () => {
    write('apps/a/project.json', '{}');
    write('apps/b/package.json', '{ "name": "b" }');
    write('apps/c/package.json', '{ "type": "module" }');
    write('apps/d/package.json', 'half-edited {');
    write('infrastructure/project.json', '{ "name": "infrastructure" }');
    const all = ['a', 'b', 'c', 'd', 'e'].map((app) => `apps/${app}/toolbox.yaml`);
    for (const file of all) write(file, 'runtime: node\n');
    expect(await at(...all, 'infrastructure/toolbox.yaml')).toEqual([
      'apps/a/toolbox.yaml',
      'apps/b/toolbox.yaml',
      'infrastructure/toolbox.yaml',
    ]);
  });

  it('passes over what is installed or built', async () => {
    write('node_modules/x/package.json', '{ "name": "x" }');
    write('dist/apps/a/package.json', '{ "name": "a" }');
    expect(await at('node_modules/x/Dockerfile', 'dist/apps/a/Dockerfile')).toEqual([]);
  });

  it('makes a project of the workspace only where it is one', async () => {
    expect(await at('Dockerfile')).toEqual([]);
    write('package.json', '{ "name": "standalone", "nx": {} }');
    write('Dockerfile', 'FROM scratch\n');
    expect(await at('Dockerfile')).toEqual(['Dockerfile']);
  });
});

describe('a project with a Dockerfile only', () => {
  beforeEach(() => write('apps/old/project.json', '{ "name": "old" }'));
  const build = async (dockerfile: string, options?: unknown) => {
    write('apps/old/Dockerfile', dockerfile);
    return (await targets(options))['docker-build']!;
  };

  it('takes the project for the context where its sources are there', async () => {
    write('apps/old/src/x', '');
    const target = await build('FROM scratch\nCOPY src /src\nCOPY --from=0 /a /b\n');
    expect(target.options).toMatchObject({ context: 'project' });
    expect(filesetsOf(target)).toEqual(['{projectRoot}/src', '{projectRoot}/src/**/*']);
    expect(target.dependsOn).toEqual([]);
  });

  it('takes the workspace where the sources name the project', async () => {
    const target = await build('FROM scratch\nCOPY apps/old/src/*.js libs/[a-c]?/ /to/\n');
    expect(target.options).toMatchObject({ context: 'workspace' });
    expect(filesetsOf(target)).toContain('{workspaceRoot}/apps/old/src/*.js');
  });

  it('takes what a build writes as its outputs', async () => {
    const target = await build('FROM scratch\nCOPY dist/apps/old /app\n');
    expect(target.dependsOn).toEqual(['build']);
    expect(outputsOf(target)).toEqual(['dist/apps/old', 'dist/apps/old/**/*']);
  });

  it('takes the whole context for `COPY . .`, less what is ignored for sure', async () => {
    write('apps/old/.dockerignore', 'node_modules\ndist\n**/*.md\n!README.md\n.git\n');
    const target = await build('FROM scratch\nCOPY . .\n');
    expect(filesetsOf(target)).toEqual(['{projectRoot}/**/*', '!{projectRoot}/.git/**/*']);
    write('apps/old/.dockerignore', 'dist\n');
    expect((await build('FROM scratch\nCOPY . .\n')).dependsOn).toEqual([]);
  });

  it('follows the option', async () => {
    const target = await build('FROM scratch\nCOPY src /src\n', { context: 'workspace' });
    expect(target.options).toMatchObject({ context: 'workspace' });
  });
});

describe('options', () => {
  it('are checked, once', async () => {
    await expect(createNodesFor([], { targetName: {} }, { workspaceRoot: root })).rejects.toThrow(
      DescriptionError,
    );
    await expect(createNodesFor([], { base: 'ubuntu' }, { workspaceRoot: root })).rejects.toThrow(
      /nx\.json.*base/,
    );
  });
});

describe('the cache', () => {
  beforeEach(() => {
    write('apps/api/project.json', '{ "name": "api" }');
    write('apps/api/toolbox.yaml', 'runtime: node\n');
  });
  const cached = () => readdirSync(data).filter((file) => file.startsWith('toolbox-'));

  it('is one file, written only when something changed', async () => {
    await targets();
    const [file, ...others] = cached();
    expect(others).toEqual([]);
    const old = new Date(2001, 0);
    utimesSync(join(data, file!), old, old);
    await targets();
    expect(statSync(join(data, file!)).mtime).toEqual(old);
    write('apps/api/toolbox.yaml', 'runtime: node\nbuild:\n  target: other\n');
    expect((await targets())['docker-build']!.dependsOn).toEqual(['other']);
    expect(statSync(join(data, file!)).mtime).not.toEqual(old);
  });

  it('is used: a fact in it is believed', async () => {
    await targets();
    const file = join(data, cached()[0]!);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"build":"build"', '"build":"from-cache"'));
    expect((await targets())['docker-build']!.dependsOn).toEqual(['from-cache']);
  });

  it('may be broken or impossible to write', async () => {
    await targets();
    writeFileSync(join(data, cached()[0]!), '{ half');
    expect((await targets())['docker-build']!.dependsOn).toEqual(['build']);
    process.env['NX_WORKSPACE_DATA_DIRECTORY'] = join(root, 'package.json', 'impossible');
    expect((await targets())['docker-build']!.dependsOn).toEqual(['build']);
  });
});

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function files(): string[] {
  return ['apps/api', 'apps/old'].flatMap((folder) =>
    ['toolbox.yaml', 'Dockerfile']
      .map((file) => `${folder}/${file}`)
      .filter((file) => existsSync(join(root, file))),
  );
}

async function targets(options?: unknown): Promise<Record<string, TargetConfiguration>> {
  const [result] = await createNodesFor(files(), options, { workspaceRoot: root });
  return Object.values(result![1].projects)[0]!.targets;
}

function outputsOf({ inputs }: TargetConfiguration): unknown[] {
  const objects = (inputs ?? []).filter(
    (input): input is Exclude<Input, string> => typeof input !== 'string',
  );
  return objects.flatMap((input) =>
    'dependentTasksOutputFiles' in input ? [input['dependentTasksOutputFiles']] : [],
  );
}

function filesetsOf({ inputs }: TargetConfiguration): unknown[] {
  return (inputs ?? []).filter(
    (input) => typeof input === 'string' && !/Dockerfile|\.dockerignore|infrastructure/.test(input),
  );
}
