import type { Tree } from '@nx/devkit';
import { filesOf } from '../../packages/workspace/fixture-tree';
import { stackTree } from '../../packages/workspace/fixture-stack';
import { leftoverSets } from '../../packages/workspace/leftovers';
import { readDescriptions } from '../../packages/workspace/stack-reader';
import { stackRoot } from '../../packages/workspace/stack-root';
import { writeRendered } from '../../packages/workspace/write-rendered';
import { contextOf } from '../output-context';
import kubernetesGenerator from './generator';
import { output } from './output';

const deployment = 'apps/edge/k8s/base/deployment.yaml';
const stackFile = 'infrastructure/toolbox.yaml';

/** What the other generators do with this output. */
async function sync(tree: Tree) {
  const context = contextOf(tree, readDescriptions(tree));
  const { scope, render, renderStack } = output;
  await writeRendered(tree, [
    ...leftoverSets(tree),
    ...context.services.map((one) => ({ owner: one.root, scope, files: render!(one, context) })),
    { owner: stackRoot, scope, files: renderStack!(context) },
  ]);
}

async function stack() {
  const tree = stackTree();
  await kubernetesGenerator(tree, {});
  return { tree, read: (path: string) => tree.read(path, 'utf-8') ?? '' };
}

describe('kubernetes', () => {
  it('changes nothing when it is run again', async () => {
    const { tree } = await stack();
    const before = filesOf(tree);
    await kubernetesGenerator(tree, {});
    expect(filesOf(tree)).toEqual(before);
  });

  it('is kept in step by the others once it is chosen, not before, and goes when it is chosen no more', async () => {
    const tree = stackTree();
    await sync(tree);
    expect(tree.exists(deployment)).toBe(false);
    await kubernetesGenerator(tree, {});
    tree.write('apps/edge/toolbox.yaml', 'runtime: go\nport: 8300\nuid: 1077\n');
    await sync(tree);
    expect(tree.read(deployment, 'utf-8')).toContain('runAsUser: 1077');
    const text = tree.read(stackFile, 'utf-8')!;
    tree.write(stackFile, text.replace(/\nkubernetes:(\n {2}.*)+|\nkubernetes: \{.*\}/, ''));
    await sync(tree);
    expect(Object.keys(filesOf(tree)).filter((path) => path.includes('/k8s/'))).toEqual([]);
  });

  it('writes what was chosen into the description, and keeps what stands there', async () => {
    const { tree, read } = await stack();
    await kubernetesGenerator(tree, { route: 'gateway' });
    await kubernetesGenerator(tree, { secrets: 'external' });
    await kubernetesGenerator(tree, {});
    expect(read(stackFile)).toMatch(/route: gateway/);
    expect(read(stackFile)).toMatch(/secrets: external/);
  });

  it('has no object of a service that is gone', async () => {
    const { tree } = await stack();
    tree.delete('apps/edge/toolbox.yaml');
    await sync(tree);
    const files = Object.entries(filesOf(tree)).filter(([path]) => path.includes('/k8s/'));
    expect(files.filter(([path]) => path.startsWith('apps/edge'))).toEqual([]);
    expect(files.filter(([, text]) => /name: edge$/m.test(text))).toEqual([]);
    expect(files.length).toBeGreaterThan(50);
  });

  it('keeps what the user wrote', async () => {
    const { tree, read } = await stack();
    tree.write(deployment, read(deployment).replace('minReadySeconds: 5', 'minReadySeconds: 9'));
    await kubernetesGenerator(tree, {});
    expect(read(deployment)).toContain('minReadySeconds: 9');
    tree.write('apps/edge/toolbox.yaml', 'runtime: go\nport: 8300\nuid: 1077\n');
    await expect(kubernetesGenerator(tree, {})).rejects.toThrow(/deployment\.yaml: .*--force.*--keep/);
    await kubernetesGenerator(tree, { keep: true });
    expect(read(deployment)).toContain('minReadySeconds: 9');
  });
});
