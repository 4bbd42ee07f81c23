import { execFileSync } from 'node:child_process';
import { addressOf, containersOf, removeContainersOf } from './engine';
import { freshWorkspace, type Workspace } from './workspace';

/** Projects that we did not write, of runtimes besides node, each taken from its own source to healthy without an edit of it. */
describe('what `npm create vite` makes', () => {
  const name = 'vite-site';
  let workspace: Workspace;

  beforeAll(() => {
    removeContainersOf(name);
    workspace = freshWorkspace('vite');
  });
  afterAll(() => {
    removeContainersOf(name);
    workspace.remove();
  });

  it('is recognised, built by its own script and served', async () => {
    const run = (...args: readonly string[]) =>
      execFileSync('npm', args, {
        cwd: workspace.root,
        env: workspace.env,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    run(
      'exec',
      '--yes',
      '--',
      'create-vite@9.3.0',
      `apps/${name}`,
      '--template',
      'react-ts',
      '--no-interactive',
    );
    const manifest = workspace.json<Record<string, unknown>>('package.json');
    workspace.write('package.json', JSON.stringify({ ...manifest, workspaces: ['apps/*'] }, null, 2));
    run('install', '--no-audit', '--no-fund');
    workspace.commit('vite');
    workspace.nxOk(['g', 'toolbox:service', name, '--no-interactive']);
    expect(workspace.git('status', '--porcelain', '--untracked-files=no', 'apps')).toBe('');
    expect(workspace.read(`apps/${name}/toolbox.yaml`)).toMatch(
      /runtime: static\n[^]*output: apps\/vite-site\/dist\n/,
    );
    workspace.nxOk(['docker-run', name, '--detach', '--port=0']);
    const [container] = containersOf(name);
    expect(container?.State.Health?.Status).toBe('healthy');
    const page = await fetch(`http://${addressOf(container?.Id ?? '')}/`);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<div id="root">')]);
  });
});
