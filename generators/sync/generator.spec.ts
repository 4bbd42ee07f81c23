import type { Tree } from '@nx/devkit';
import { expressApp, filesOf, workspaceTree } from '../../packages/workspace/fixture-tree';
import serviceGenerator from '../service/generator';
import syncGenerator from './generator';

async function twoServices(): Promise<Tree> {
  const tree = workspaceTree({ ...expressApp('one'), ...expressApp('two') });
  for (const name of ['one', 'two']) await serviceGenerator(tree, { name });
  return tree;
}

const edit = (tree: Tree, path: string, from: string, to: string) =>
  tree.write(path, tree.read(path, 'utf-8')!.replace(from, to));

describe('sync', () => {
  it('finds nothing to do after the service generator', async () => {
    const tree = await twoServices();
    const before = filesOf(tree);
    expect(await syncGenerator(tree)).toEqual({});
    expect(filesOf(tree)).toEqual(before);
  });

  it('finds nothing to do in a workspace without services', async () => {
    expect(await syncGenerator(workspaceTree())).toEqual({});
  });

  it('names the files that a changed description makes stale, and mends them', async () => {
    const tree = await twoServices();
    edit(tree, 'apps/two/toolbox.yaml', 'uid: 1002', 'uid: 1077');
    expect(await syncGenerator(tree)).toEqual({
      outOfSyncMessage: [
        'Generated files differ from their descriptions:',
        ...['docker-compose.yml', 'docker-stack.staging.yml', 'docker-stack.prod.yml'].map(
          (name) => `  infrastructure/docker/compose/${name}`,
        ),
        '  apps/two/Dockerfile',
      ].join('\n'),
    });
    expect(tree.read('apps/two/Dockerfile', 'utf-8')).toContain('USER 1077:1077');
    expect(await syncGenerator(tree)).toEqual({});
  });

  it('makes a deleted file again', async () => {
    const tree = await twoServices();
    tree.delete('apps/one/Dockerfile.dockerignore');
    const { outOfSyncMessage } = await syncGenerator(tree);
    expect(outOfSyncMessage).toContain('apps/one/Dockerfile.dockerignore');
    expect(tree.exists('apps/one/Dockerfile.dockerignore')).toBe(true);
  });

  it('removes what was generated for a project that is no service any more, but for edits', async () => {
    const tree = await twoServices();
    tree.delete('apps/two/toolbox.yaml');
    edit(tree, 'apps/two/Dockerfile', 'USER', '# mine\nUSER');
    const { outOfSyncMessage } = await syncGenerator(tree);
    expect(outOfSyncMessage).toContain('apps/two/Dockerfile.dockerignore');
    expect(tree.exists('apps/two/Dockerfile.dockerignore')).toBe(false);
    expect(tree.read('apps/two/Dockerfile', 'utf-8')).toContain('# mine');
    expect(await syncGenerator(tree)).toEqual({});
  });

  it('refuses a broken description in one line that names it', async () => {
    const tree = await twoServices();
    edit(tree, 'apps/two/toolbox.yaml', 'runtime: node', 'runtime: node\nprot: 8080');
    await expect(syncGenerator(tree)).rejects.toThrow(
      /^apps\/two\/toolbox\.yaml:3: prot is not a key[^\n]*$/,
    );
  });
});
