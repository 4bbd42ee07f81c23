import { filesOf, workspaceTree } from '../../packages/workspace/fixture-tree';
import initGenerator from './generator';

describe('init', () => {
  it('registers the plugin and its sync generator, and makes the project of the stack', async () => {
    const tree = workspaceTree();
    await initGenerator(tree, { registry: 'registry.example.com/acme' });
    expect(tree.read('nx.json', 'utf-8')).toBe(
      [
        '{',
        '  "defaultBase": "main",',
        '  "plugins": [',
        '    "toolbox"',
        '  ],',
        '  "sync": {',
        '    "globalGenerators": [',
        '      "toolbox:sync"',
        '    ]',
        '  }',
        '}',
        '',
      ].join('\n'),
    );
    expect(tree.read('infrastructure/toolbox.yaml', 'utf-8')).toBe(
      [
        '# yaml-language-server: $schema=../node_modules/toolbox/schemas/stack.json',
        'name: acme',
        'registry: registry.example.com/acme',
        '',
      ].join('\n'),
    );
    expect(JSON.parse(tree.read('infrastructure/project.json', 'utf-8')!)).toMatchObject({
      name: 'infrastructure',
    });
    expect(tree.read('.gitignore', 'utf-8')).toBe('dist\n');
  });

  it('changes nothing when it is run again', async () => {
    const tree = workspaceTree();
    await initGenerator(tree, {});
    const before = filesOf(tree);
    await initGenerator(tree, {});
    expect(filesOf(tree)).toEqual(before);
  });

  it('keeps every other byte: comments, order, an entry with options', async () => {
    const nxJson =
      '{\n    // ours\n    "plugins": [{ "plugin": "toolbox", "options": { "tag": "edge" } }, "@nx/js/typescript"],\n    "sync": { "globalGenerators": ["toolbox:sync"] }\n}\n';
    const stack = '# the stack\nname: other # kept\n';
    const tree = workspaceTree({
      'nx.json': nxJson,
      '.gitignore': '/dist/\n',
      'infrastructure/toolbox.yaml': stack,
    });
    await initGenerator(tree, {});
    expect(tree.read('nx.json', 'utf-8')).toBe(nxJson);
    expect(tree.read('.gitignore', 'utf-8')).toBe('/dist/\n');
    expect(tree.read('infrastructure/toolbox.yaml', 'utf-8')).toBe(stack);
  });

  it.each([
    ['@acme/source', 'acme'],
    ['@acme/shop', 'shop'],
    ['Big_Shop', 'big-shop'],
  ])('calls the stack of %s %s', async (workspace, name) => {
    const tree = workspaceTree({ 'package.json': JSON.stringify({ name: workspace }) });
    await initGenerator(tree, {});
    expect(tree.read('infrastructure/toolbox.yaml', 'utf-8')).toContain(`name: ${name}\n`);
  });

  it('refuses a name that no container can have', async () => {
    await expect(initGenerator(workspaceTree(), { name: 'Not A Name' })).rejects.toThrow(
      /^infrastructure\/toolbox\.yaml:\d+: name: [^\n]*is not a DNS label[^\n]*$/,
    );
  });
});
