import { logger, type Tree } from '@nx/devkit';
import { expressApp, filesOf, workspaceTree } from '../../packages/workspace/fixture-tree';
import serviceGenerator from '../service/generator';
import syncGenerator from '../sync/generator';
import removeGenerator from './generator';

const compose = 'infrastructure/docker/compose/docker-compose.yml';

async function services(...names: readonly string[]): Promise<Tree> {
  const tree = workspaceTree(Object.assign({}, ...names.map((name) => expressApp(name))));
  for (const name of names) await serviceGenerator(tree, { name });
  return tree;
}

const edit = (tree: Tree, path: string, change: (text: string) => string) =>
  tree.write(path, change(tree.read(path, 'utf-8')!));

describe('remove', () => {
  afterEach(() => jest.restoreAllMocks());

  it('leaves the workspace as if the service had never been one', async () => {
    const expected = workspaceTree({ ...expressApp('one'), ...expressApp('two') });
    await serviceGenerator(expected, { name: 'one' });
    const tree = await services('one', 'two');
    await removeGenerator(tree, { project: 'two' });
    expect(filesOf(tree)).toEqual(filesOf(expected));
    expect(await syncGenerator(tree)).toEqual({});
  });

  it('keeps a generated file that was edited, and names it', async () => {
    const warn = jest.spyOn(logger, 'warn').mockImplementation(() => {});
    const tree = await services('one', 'two');
    edit(tree, 'apps/two/Dockerfile', (text) => `${text}# mine\n`);
    await removeGenerator(tree, { project: 'two' });
    expect(tree.read('apps/two/Dockerfile', 'utf-8')).toContain('# mine');
    expect(tree.exists('apps/two/toolbox.lock.json')).toBe(false);
    expect(warn.mock.calls).toEqual([
      ['apps/two/Dockerfile: has edits of yours and stays. Nothing generates it any more.'],
    ]);
  });

  it('removes it with force', async () => {
    const tree = await services('one', 'two');
    edit(tree, 'apps/two/Dockerfile', (text) => `${text}# mine\n`);
    await removeGenerator(tree, { project: 'two', force: true });
    expect(Object.keys(filesOf(tree, 'apps/two')).sort()).toEqual([
      'apps/two/project.json',
      'apps/two/src/main.ts',
    ]);
    expect(tree.read(compose, 'utf-8')).not.toMatch(/\btwo\b/);
  });

  it('refuses where another service calls it', async () => {
    const tree = await services('one', 'two');
    edit(tree, 'apps/one/toolbox.yaml', (text) => `${text}calls: [two]\n`);
    await expect(removeGenerator(tree, { project: 'two' })).rejects.toThrow(
      /^apps\/one\/toolbox\.yaml[^\n]*two[^\n]*$/,
    );
  });

  it('names the services where the project is none', async () => {
    const tree = await services('one', 'two');
    await expect(removeGenerator(tree, { project: 'tow' })).rejects.toThrow(
      /^tow: is not a service\. Did you mean two\?$/,
    );
    await expect(removeGenerator(workspaceTree(), { project: 'two' })).rejects.toThrow(
      /^two: is not a service\. The workspace has none\.$/,
    );
  });
});
