import { execFileSync } from 'node:child_process';
import { freshWorkspace, type Workspace } from './workspace';

/** `nx release` treats a project with a docker technology as a docker release and asks for @nx/docker: our targets must not trip it. */
describe.each([
  ['without @nx/docker', false],
  ['with @nx/docker', true],
])('nx release %s', (_, withDocker) => {
  let workspace: Workspace;
  beforeAll(() => {
    workspace = freshWorkspace('release');
    // nx release itself needs @nx/js to version a package.
    const packages = ['@nx/js@23.3.1', ...(withDocker ? ['@nx/docker@23.2.1'] : [])];
    execFileSync(
      'npm',
      ['install', '--no-audit', '--no-fund', '--legacy-peer-deps', '--silent', '-D', ...packages],
      {
        cwd: workspace.root,
        stdio: 'inherit',
      },
    );
    workspace.nxOk(['g', 'toolbox:service', 'api', '--no-interactive']);
    const nxJson = workspace.json<{ plugins?: unknown[] }>('nx.json');
    workspace.write(
      'nx.json',
      JSON.stringify({
        ...nxJson,
        plugins: [...(nxJson.plugins ?? []), ...(withDocker ? ['@nx/docker'] : [])],
        release: { projects: ['lib'], version: { preVersionCommand: undefined } },
      }),
    );
    workspace.write(
      'packages/lib/package.json',
      JSON.stringify({ name: 'lib', version: '1.0.0', private: true }),
    );
    // A Dockerfile in the very project that is released: its inferred targets are what nx release looks at.
    if (!withDocker) workspace.write('packages/lib/Dockerfile', 'FROM scratch\nCOPY index.js /\n');
    workspace.write('packages/lib/project.json', JSON.stringify({ name: 'lib', root: 'packages/lib' }));
    workspace.commit('feat: lib');
    workspace.git('tag', 'v1.0.0');
    workspace.write('packages/lib/index.js', 'module.exports = 1;\n');
    workspace.commit('feat: something');
  });
  afterAll(() => workspace.remove());

  it('versions and writes a changelog', () => {
    const output = workspace.nxOk(['release', 'minor', '--skip-publish', '--dry-run']);
    expect(output).toMatch(/1\.1\.0/);
    expect(output).not.toMatch(/@nx\/docker.*(required|install|missing)/i);
  });

  it('shows the targets of toolbox beside those of @nx/docker', () => {
    const { targets } = JSON.parse(workspace.nxOk(['show', 'project', 'api', '--json'])) as {
      targets: Record<string, { executor?: string }>;
    };
    expect(targets['docker-build']?.executor).toBe('toolbox:build');
    if (withDocker)
      expect(Object.keys(targets)).toEqual(expect.arrayContaining(['docker:build', 'docker-build']));
  });
});
