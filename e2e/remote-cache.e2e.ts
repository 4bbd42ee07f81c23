import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docker, removeContainersOf, removeImagesNamed } from './engine';
import { freshWorkspace, openWorkspace, type Workspace } from './workspace';

/** Two machines of one team: each has its own clone and its own local cache; a cache server of Nx's self-hosted protocol lies between them. */
describe('a remote cache', () => {
  const token = 'team-token';
  let first: Workspace;
  let second: Workspace;
  let folder: string;
  let server: ChildProcess;
  let remote: NodeJS.ProcessEnv;

  const log = () => readFileSync(join(folder, 'log'), 'utf8').trim().split('\n');
  const digest = (workspace: Workspace) =>
    workspace.json<{ digest: string }>('dist/images/api-remote/image.json').digest;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'toolbox-e2e-remote-'));
    const out = openSync(join(folder, 'log'), 'w');
    const entries = mkdtempSync(join(folder, 'entries-'));
    server = spawn(process.execPath, [join(__dirname, 'remote-cache-server.mjs'), entries, token], {
      stdio: ['ignore', out, 'inherit'],
    });
    while (log()[0] === '') await new Promise((resolve) => setTimeout(resolve, 20));
    remote = {
      NX_SELF_HOSTED_REMOTE_CACHE_SERVER: `http://127.0.0.1:${log()[0]}`,
      NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN: token,
      NX_NO_CLOUD: undefined,
    };
    first = freshWorkspace('remote-first');
    first.nxOk(['g', 'toolbox:service', 'api-remote', '--no-interactive']);
    first.commit('service');
    const clone = mkdtempSync(join(tmpdir(), 'toolbox-e2e-remote-second-'));
    first.git('clone', '-q', first.root, clone);
    cpSync(join(first.root, 'node_modules'), join(clone, 'node_modules'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    second = openWorkspace(clone);
  });
  afterAll(() => {
    server?.kill();
    removeContainersOf('api-remote');
    removeImagesNamed('acme/api-remote');
    first?.remove();
    second?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('gives the image that another machine built: nothing is built again, and later targets have it', () => {
    first.nxOk(['docker-build', 'api-remote'], remote);
    expect(log().filter((line) => /^PUT \S+ 200$/.test(line)).length).toBeGreaterThanOrEqual(2);
    removeImagesNamed('acme/api-remote');
    const output = second.nxOk(['docker-load', 'api-remote'], remote);
    expect(output).toMatch(/api-remote:docker-build +\[remote cache\]/);
    expect(digest(second)).toBe(digest(first));
    second.nxOk(['docker-size-check', 'api-remote'], remote);
    expect(
      docker('images', '--format', '{{.Repository}}', '--filter', 'reference=acme/api-remote'),
    ).toContain('acme/api-remote');
  });

  it('is not asked for an image whose source changed', () => {
    second.write('apps/api-remote/src/extra.ts', 'export const extra = 1;\n');
    second.write(
      'apps/api-remote/src/main.ts',
      `${second.read('apps/api-remote/src/main.ts')}\nimport { extra } from './extra';\nconsole.error(extra);\n`,
    );
    const output = second.nxOk(['docker-build', 'api-remote'], remote);
    expect(output).not.toMatch(/docker-build +\[(remote|local) cache\]/);
    expect(digest(second)).not.toBe(digest(first));
  });
});

describe("Nx's daemon", () => {
  let workspace: Workspace;
  const daemon = { NX_DAEMON: 'true', CI: 'false' };
  beforeAll(() => void (workspace = freshWorkspace('daemon')));
  afterAll(() => {
    workspace.nx(['daemon', '--stop'], daemon);
    removeImagesNamed('acme/api-daemon');
    workspace.remove();
  });

  it('sees a new service, an edit, and that nothing changed', () => {
    workspace.nxOk(['show', 'projects'], daemon);
    workspace.nxOk(['g', 'toolbox:service', 'api-daemon', '--no-interactive'], daemon);
    workspace.nxOk(['docker-build', 'api-daemon'], daemon);
    const before = workspace.json<{ digest: string }>('dist/images/api-daemon/image.json').digest;
    expect(workspace.nxOk(['docker-build', 'api-daemon'], daemon)).toMatch(
      /docker-build +\[(local cache|existing outputs match the cache)/,
    );
    const main = 'apps/api-daemon/src/main.ts';
    workspace.write(main, `${workspace.read(main)}\nconsole.error('edited');\n`);
    expect(workspace.nxOk(['docker-build', 'api-daemon'], daemon)).not.toMatch(
      /docker-build +\[(local|existing)/,
    );
    expect(workspace.json<{ digest: string }>('dist/images/api-daemon/image.json').digest).not.toBe(before);
    expect(workspace.nx(['daemon'], daemon).output).toMatch(/daemon is (currently )?running/i);
  });
});
