import type { Tree } from '@nx/devkit';
import { expressApp, filesOf, workspaceTree } from '../../packages/workspace/fixture-tree';
import serviceGenerator from './generator';
import type { ServiceGeneratorSchema } from './schema.gen';

const run = (tree: Tree, name: string, options: Partial<ServiceGeneratorSchema> = {}) =>
  serviceGenerator(tree, { name, skipInstall: true, ...options });

/** What a user sees who commits, runs again and asks git. */
async function expectNoChange(tree: Tree, work: () => Promise<unknown>): Promise<void> {
  const before = filesOf(tree);
  await work();
  expect(filesOf(tree)).toEqual(before);
}

describe('a new app', () => {
  it('has a description, source, image files and its packages', async () => {
    const tree = workspaceTree();
    await run(tree, 'api');
    expect(tree.read('apps/api/toolbox.yaml', 'utf-8')).toBe(
      [
        '# yaml-language-server: $schema=../../node_modules/toolbox/schemas/service.json',
        'runtime: node',
        'port: 3000',
        'uid: 1001',
        'build:',
        '  main: main.cjs',
        '',
      ].join('\n'),
    );
    expect(Object.keys(filesOf(tree, 'apps/api')).filter((path) => !path.includes('/src/'))).toEqual(
      expect.arrayContaining(
        ['Dockerfile', 'Dockerfile.dockerignore', 'project.json', 'toolbox.lock.json', 'tsconfig.json'].map(
          (name) => `apps/api/${name}`,
        ),
      ),
    );
    expect(tree.read('apps/api/Dockerfile', 'utf-8')).toContain('COPY --link --chmod=555 dist/apps/api/ ./');
    const { dependencies, devDependencies } = JSON.parse(tree.read('package.json', 'utf-8')!);
    expect(Object.keys(dependencies)).toEqual(expect.arrayContaining(['fastify', 'prom-client']));
    expect(Object.keys(devDependencies)).toEqual(expect.arrayContaining(['esbuild', 'tsx', 'typescript']));
  });

  it('sets the workspace up on the way', async () => {
    const tree = workspaceTree();
    await run(tree, 'api');
    expect(JSON.parse(tree.read('nx.json', 'utf-8')!)).toEqual({
      defaultBase: 'main',
      plugins: ['toolbox'],
      sync: { globalGenerators: ['toolbox:sync'] },
    });
    expect(tree.read('infrastructure/toolbox.yaml', 'utf-8')).toContain('name: acme\n');
  });

  it('changes nothing when it is run again', async () => {
    const tree = workspaceTree();
    await run(tree, 'api');
    await expectNoChange(tree, () => run(tree, 'api'));
  });

  it('takes its options into the description, and a run without them keeps them', async () => {
    const tree = workspaceTree();
    await run(tree, 'api', {
      base: 'slim',
      port: 8009,
      uid: 1010,
      budget: '250MB',
      host: 'api.example.com',
      path: '/v1',
      uses: ['redis'],
    });
    const description = tree.read('apps/api/toolbox.yaml', 'utf-8')!;
    for (const line of [
      'base: slim',
      'port: 8009',
      'uid: 1010',
      'budget: 250MB',
      'expose: { host: api.example.com, path: /v1 }',
      'uses: [redis]',
    ]) {
      expect(description.split('\n')).toContain(line);
    }
    expect(tree.read('apps/api/Dockerfile', 'utf-8')).toContain('USER 1010:1010');
    await expectNoChange(tree, () => run(tree, 'api'));
  });

  it('keeps the comments of a description that gains an option', async () => {
    const tree = workspaceTree();
    await run(tree, 'api');
    const description = `${tree.read('apps/api/toolbox.yaml', 'utf-8')!.replace('port: 3000', 'port: 3000 # agreed with the gateway')}`;
    tree.write('apps/api/toolbox.yaml', description);
    await run(tree, 'api', { budget: '150MB' });
    expect(tree.read('apps/api/toolbox.yaml', 'utf-8')).toContain('port: 3000 # agreed with the gateway');
    expect(tree.read('apps/api/toolbox.yaml', 'utf-8')).toContain('budget: 150MB');
  });

  it('never touches source that is there, nor an edit of a generated file', async () => {
    const tree = workspaceTree();
    await run(tree, 'api');
    tree.write('apps/api/src/main.ts', '// mine\n');
    const edited = tree
      .read('apps/api/Dockerfile', 'utf-8')!
      .replace('STOPSIGNAL SIGTERM', 'STOPSIGNAL SIGINT');
    tree.write('apps/api/Dockerfile', edited);
    await run(tree, 'api');
    expect(tree.read('apps/api/src/main.ts', 'utf-8')).toBe('// mine\n');
    expect(tree.read('apps/api/Dockerfile', 'utf-8')).toBe(edited);
  });

  it('reports an edit in conflict, and --force takes what is generated', async () => {
    const tree = workspaceTree();
    await run(tree, 'api');
    tree.write(
      'apps/api/Dockerfile',
      tree.read('apps/api/Dockerfile', 'utf-8')!.replace('EXPOSE 3000', 'EXPOSE 9999'),
    );
    await expect(run(tree, 'api', { port: 8080 })).rejects.toThrow(
      /^apps\/api\/Dockerfile[:\d-]*: .*--force/,
    );
    await run(tree, 'api', { port: 8080, force: true });
    expect(tree.read('apps/api/Dockerfile', 'utf-8')).toContain('EXPOSE 8080');
  });

  it('--keep settles a conflict with what the user wrote, for good', async () => {
    const tree = workspaceTree();
    await run(tree, 'api');
    const mine = tree.read('apps/api/Dockerfile', 'utf-8')!.replace('EXPOSE 3000', 'EXPOSE 9999');
    tree.write('apps/api/Dockerfile', mine);
    await expect(run(tree, 'api', { port: 8080 })).rejects.toThrow(/--keep/);
    await run(tree, 'api', { port: 8080, keep: true });
    const kept = tree.read('apps/api/Dockerfile', 'utf-8');
    expect(kept).toContain('EXPOSE 9999');
    await run(tree, 'api');
    expect(tree.read('apps/api/Dockerfile', 'utf-8')).toBe(kept);
  });

  it('is independent of a second one, which gets the next numbers', async () => {
    const tree = workspaceTree();
    await run(tree, 'api');
    const first = filesOf(tree, 'apps/api');
    await run(tree, 'worker');
    expect(filesOf(tree, 'apps/api')).toEqual(first);
    const description = tree.read('apps/worker/toolbox.yaml', 'utf-8');
    expect(description).toContain('port: 3001');
    expect(description).toContain('uid: 1002');
    expect(tree.read('apps/worker/src/config.ts', 'utf-8')).toContain("'PORT', 3001");
  });
});

describe('where a new app lies', () => {
  it.each<[string, Record<string, string>, string]>([
    ['apps', {}, 'apps/api'],
    ['as nx.json says', { 'nx.json': '{"workspaceLayout":{"appsDir":"services"}}' }, 'services/api'],
    [
      'as the workspaces say',
      { 'package.json': '{"name":"acme","workspaces":["packages/*"]}' },
      'packages/api',
    ],
    ['as pnpm says', { 'pnpm-workspace.yaml': "packages:\n  - 'modules/*'\n" }, 'modules/api'],
    [
      'where the other apps lie',
      { 'srv/web/project.json': '{"name":"web","projectType":"application"}' },
      'srv/api',
    ],
  ])('%s', async (_, files, folder) => {
    const tree = workspaceTree(files);
    await run(tree, '@acme/api');
    expect(tree.exists(`${folder}/toolbox.yaml`)).toBe(true);
  });

  it('where --directory says', async () => {
    const tree = workspaceTree();
    await run(tree, 'api', { directory: 'backend/api' });
    expect(JSON.parse(tree.read('backend/api/project.json', 'utf-8')!)).toMatchObject({
      name: 'api',
      sourceRoot: 'backend/api/src',
    });
  });
});

describe('an existing project', () => {
  it('is taken as it is, with what is found in it', async () => {
    const app = expressApp('shop');
    const tree = workspaceTree(app);
    await run(tree, 'shop');
    expect(filesOf(tree, 'apps/shop')).toMatchObject(app);
    expect(tree.read('apps/shop/toolbox.yaml', 'utf-8')).toBe(
      [
        '# yaml-language-server: $schema=../../node_modules/toolbox/schemas/service.json',
        'runtime: node',
        'port: 3333',
        'uid: 1001',
        'health: { live: /healthz, ready: /healthz }',
        'build:',
        '  dependencies: pruned',
        '',
      ].join('\n'),
    );
    expect(tree.read('apps/shop/Dockerfile', 'utf-8')).toContain('dist/deps/shop');
    await expectNoChange(tree, () => run(tree, 'shop'));
  });

  it('gets another port where its own is taken and comes from the environment', async () => {
    const tree = workspaceTree({ ...expressApp('one'), ...expressApp('two') });
    await run(tree, 'one');
    await run(tree, 'two');
    expect(tree.read('apps/two/toolbox.yaml', 'utf-8')).toContain('port: 3334');
  });
});

it('a port variable of another name follows a port that moves', async () => {
  const tree = workspaceTree({ ...expressApp('one', 4000), ...expressApp('two', 4000) });
  const main = 'apps/two/src/main.ts';
  tree.write(main, tree.read(main, 'utf-8')!.replace('process.env.PORT', 'process.env.TWO_PORT'));
  await run(tree, 'one');
  await run(tree, 'two');
  const description = tree.read('apps/two/toolbox.yaml', 'utf-8');
  expect(description).toContain('port: 4001');
  expect(description).toMatch(/TWO_PORT: ['"]?4001/);
});

it('a port that is fixed in the source cannot move', async () => {
  const tree = workspaceTree({ ...expressApp('one', 4000), ...expressApp('two', 4000) });
  const main = 'apps/two/src/main.ts';
  tree.write(main, tree.read(main, 'utf-8')!.replace('process.env.PORT || ', ''));
  await run(tree, 'one');
  await expect(run(tree, 'two')).rejects.toThrow(
    /apps\/two\/toolbox\.yaml: port: 4000 is the port of one already/,
  );
});

describe('mistakes are one clear line, and leave nothing behind', () => {
  const library = { 'libs/data/project.json': '{"name":"data","projectType":"library"}' };
  it.each<[string, Partial<ServiceGeneratorSchema>, string]>([
    ['Not A Name', {}, '"Not A Name": is not a name for a new app'],
    ['../api', {}, '"../api": is not a name for a new app'],
    ['data', {}, 'libs/data: data is a library, which cannot be deployed. Choose another name'],
    ['notes', {}, 'apps/notes: is there already and no project of that name'],
    ['bare', {}, 'apps/bare: bare has no target that builds it. Add a target "build"'],
    ['site', {}, 'apps/site: nothing tells which runtime site is of. Name it with --runtime: '],
    ['site', { runtime: 'node' }, 'apps/site: site is a project already, but not one of the runtime node'],
    ['shop', { directory: 'apps/other' }, 'apps/shop: shop lies here already'],
    ['api', { runtime: 'nodde' }, '--runtime: nodde is not a runtime. Did you mean node?'],
    ['api', { runtime: 'cobol' }, '--runtime: cobol is not a runtime. Use '],
    ['api', { port: 70000 }, '--port: 70000'],
    ['api', { port: 0 }, '--port: 0'],
    ['api', { uid: 1000 }, '--uid: 1000'],
    ['api', { budget: 'big' }, '--budget: '],
    ['api', { base: 'ubuntu' as never }, '--base: "ubuntu" is not alpine, slim or distroless'],
    ['api', { runtimeVersion: '7' }, '--runtimeVersion: 7 is not a version of node. Use 22, 24 or 26.'],
    ['api', { port: 3333 }, '--port: 3333 is the port of shop already'],
    ['api', { uid: 1001 }, '--uid: 1001 is the user id of shop already'],
    ['api', { calls: ['nobody'] }, 'nobody is not a service'],
    ['api', { directory: '../api' }, '--directory: ../api leaves the workspace'],
    ['api', { directory: '/srv/api' }, '--directory: /srv/api is absolute'],
    ['api', { path: '/v1' }, '--path: '],
  ])('%s %j', async (name, options, message) => {
    const tree = workspaceTree({
      ...expressApp('shop'),
      ...library,
      'apps/notes/README.md': 'mine',
      'apps/bare/project.json': '{"name":"bare"}',
      'apps/bare/src/main.ts': '',
      'apps/site/project.json': '{"name":"site"}',
      'apps/site/index.html': '',
    });
    await run(tree, 'shop');
    const error = await run(tree, name, options).then(
      () => null,
      (reason: Error) => reason,
    );
    expect(error?.message).toContain(message);
    expect(error?.message.split('\n')).toHaveLength(1);
    expect(['DescriptionError', 'FileError']).toContain(error?.name);
  });
});

it('a project at the root of the workspace is taken, too', async () => {
  const build = {
    executor: '@nx/esbuild:esbuild',
    options: { outputPath: 'dist/acme', main: 'src/main.ts' },
  };
  const tree = workspaceTree({
    'project.json': JSON.stringify({
      name: 'acme',
      projectType: 'application',
      sourceRoot: 'src',
      targets: { build },
    }),
    'src/main.ts': `import express from 'express';\nexpress().listen(process.env.PORT ?? 3000);`,
  });
  await run(tree, 'acme');
  expect(tree.read('toolbox.yaml', 'utf-8')).toContain('output: dist/acme');
  expect(tree.read('Dockerfile', 'utf-8')).toContain('COPY --link --chmod=555 dist/acme/ ./');
  await expectNoChange(tree, () => run(tree, 'acme'));
});

it('adds the packages that are missing, and keeps versions that are there', async () => {
  const before = {
    name: 'acme',
    dependencies: { fastify: '~5.2.1', rxjs: '7' },
    devDependencies: { typescript: '5.9.3' },
  };
  const tree = workspaceTree({ 'package.json': `${JSON.stringify(before, null, 2)}\n` });
  await run(tree, 'api');
  const { dependencies, devDependencies } = JSON.parse(tree.read('package.json', 'utf-8')!);
  expect(Object.keys(dependencies).sort()).toEqual(['fastify', 'prom-client', 'rxjs']);
  expect(dependencies.fastify).toBe('~5.2.1');
  expect(devDependencies.typescript).toBe('5.9.3');
});
