import { expressApp, filesOf, workspaceTree } from '../../packages/workspace/fixture-tree';
import dockerfileGenerator from './generator';

async function services() {
  const tree = workspaceTree({ ...expressApp('one'), ...expressApp('two') });
  const names = ['one', 'two'];
  names.forEach((name, index) =>
    tree.write(`apps/${name}/toolbox.yaml`, `runtime: node\nport: ${3000 + index}\nuid: ${1001 + index}\n`),
  );
  await dockerfileGenerator(tree, {});
  return tree;
}

describe('dockerfile', () => {
  it('changes nothing when it is run again', async () => {
    const tree = await services();
    const before = filesOf(tree);
    await dockerfileGenerator(tree, {});
    expect(filesOf(tree)).toEqual(before);
  });

  it('renders one service and leaves the others alone', async () => {
    const tree = await services();
    for (const name of ['one', 'two']) {
      const file = `apps/${name}/toolbox.yaml`;
      tree.write(file, `${tree.read(file, 'utf-8')}base: alpine\n`);
    }
    const other = tree.read('apps/two/Dockerfile', 'utf-8');
    await dockerfileGenerator(tree, { project: 'one' });
    expect(tree.read('apps/one/Dockerfile', 'utf-8')).toContain('ARG BASE_IMAGE=alpine:');
    expect(tree.read('apps/two/Dockerfile', 'utf-8')).toBe(other);
    await dockerfileGenerator(tree, {});
    expect(tree.read('apps/two/Dockerfile', 'utf-8')).toContain('ARG BASE_IMAGE=alpine:');
  });

  it('takes base images that the plugin options name', async () => {
    const tree = await services();
    const options = { images: { 'node-24-slim': 'mirror.example.com/node:24-slim' } };
    tree.write('nx.json', JSON.stringify({ plugins: [{ plugin: 'toolbox', options }] }));
    await dockerfileGenerator(tree, { project: 'one' });
    expect(tree.read('apps/one/Dockerfile', 'utf-8')).toContain(
      'ARG NODE_IMAGE=mirror.example.com/node:24-slim\n',
    );
  });

  it('names the services where the project is none', async () => {
    await expect(dockerfileGenerator(await services(), { project: 'oen' })).rejects.toThrow(
      /^oen: is not a service\. Did you mean one\?$/,
    );
    await expect(dockerfileGenerator(workspaceTree(), { project: 'api' })).rejects.toThrow(
      /^api: is not a service\. Make it one with: nx g toolbox:service api$/,
    );
  });
});
