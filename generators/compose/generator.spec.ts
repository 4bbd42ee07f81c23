import { filesOf } from '../../packages/workspace/fixture-tree';
import { stackTree } from '../../packages/workspace/fixture-stack';
import composeGenerator from './generator';

const base = 'infrastructure/docker/compose/docker-compose.yml';

async function stack() {
  const tree = stackTree();
  await composeGenerator(tree, {});
  return { tree, read: (path = base) => tree.read(path, 'utf-8') ?? '' };
}

describe('compose', () => {
  it('changes nothing when it is run again', async () => {
    const { tree } = await stack();
    const before = filesOf(tree);
    await composeGenerator(tree, {});
    expect(filesOf(tree)).toEqual(before);
  });

  it('keeps secrets out of git, and every other line of the ignore file', async () => {
    const { tree, read } = await stack();
    tree.write('.gitignore', '# mine\ndist\n');
    await composeGenerator(tree, {});
    expect(read('.gitignore')).toBe('# mine\ndist\n/infrastructure/secrets/\n');
  });

  it('has no entry of a service that is gone, nor a file where none is left', async () => {
    const { tree, read } = await stack();
    tree.delete('apps/edge/toolbox.yaml');
    await composeGenerator(tree, {});
    expect(read()).not.toMatch(/acme\/edge|proxy_edge/);
    expect(read()).toContain('  web:\n');
    for (const name of ['api', 'proxy', 'reports', 'tools', 'web', 'worker'])
      tree.delete(`apps/${name}/toolbox.yaml`);
    await composeGenerator(tree, {});
    expect(tree.exists(base)).toBe(false);
  });

  it('keeps what the user wrote where its own part changes', async () => {
    const { tree, read } = await stack();
    // Git has no blobs of a tree in memory: --keep says whose text counts.
    tree.write(base, read().replace('max-size: 10m', 'max-size: 5m'));
    await composeGenerator(tree, {});
    expect(read()).toContain('max-size: 5m');
    tree.write('apps/edge/toolbox.yaml', 'runtime: go\nport: 8300\nuid: 1077\n');
    const edited = read();
    await expect(composeGenerator(tree, {})).rejects.toThrow(/docker-compose\.yml: .*--force.*--keep/);
    expect(read()).toBe(edited);
    await composeGenerator(tree, { keep: true });
    expect(read()).toBe(edited);
    expect(read()).not.toContain('user: 1077:1077');
  });

  it('never touches the file of the user', async () => {
    const { tree, read } = await stack();
    const own = 'infrastructure/docker/compose/docker-compose.override.yml';
    expect(tree.exists(own)).toBe(false);
    tree.write(own, 'services: {}\n');
    await composeGenerator(tree, { force: true });
    expect(read(own)).toBe('services: {}\n');
  });
});
