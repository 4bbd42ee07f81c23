import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { docker, leftOfCompose, removeComposeProject, tryDocker } from './engine';
import { freshWorkspace, type Workspace } from './workspace';

interface Result {
  readonly check: string;
  readonly subject: string;
  readonly passed: boolean;
  readonly found: string;
}
interface Report {
  readonly passed: boolean;
  readonly results: readonly Result[];
  readonly skipped: readonly { readonly check: string; readonly reason: string }[];
}

const project = 'toolbox-e2e-verify';
const foreign = 'toolbox-e2e-foreign';
const host = 'verify.example.com';
const override = 'infrastructure/docker/compose/docker-compose.override.yml';

/** The whole of `verify` against a real stack: first as described, then with each thing wrong on purpose. */
describe('verify', () => {
  let workspace: Workspace;
  const env = { VFY_PROXY_PORT: '0' };
  const up = () => workspace.nxOk(['compose-up', 'infrastructure', `--name=${project}`], env);
  const verify = (...args: readonly string[]) => {
    const { code, output } = workspace.nx(['verify', 'infrastructure', `--name=${project}`, ...args], env);
    return { code, output, report: workspace.json<Report>('dist/reports/infrastructure/verify.json') };
  };
  const failed = ({ results }: Report) =>
    results
      .filter(({ passed }) => !passed)
      .map(({ check, subject, found }) => `${check}: ${subject}: ${found}`);

  beforeAll(() => {
    cleanUp();
    workspace = freshWorkspace('verify');
    const exposed = [`--host=${host}`, '--path=/api'];
    workspace.nxOk([
      'g',
      'toolbox:service',
      'vfy-api',
      '--runtime=fastapi',
      '--uses=postgres,redis',
      ...exposed,
      '--no-interactive',
    ]);
    workspace.nxOk(['g', 'toolbox:service', 'vfy-tool', '--runtime=go', '--no-interactive']);
    workspace.nxOk(['g', 'toolbox:service', 'vfy-proxy', '--runtime=nginx', '--no-interactive']);
    const exposing = 'apps/vfy-api/toolbox.yaml';
    workspace.write(exposing, workspace.read(exposing).replace('path: /api', 'path: /api, stripPath: true'));
    workspace.nxOk(['sync']);
    const description = 'infrastructure/toolbox.yaml';
    workspace.write(
      description,
      `${workspace.read(description)}verify:
  smoke:
    - name: leave a message
      method: POST
      path: /api/messages
      headers: { host: ${host} }
      json: { text: '\${env:SMOKE_TEXT}' }
      status: 202
      keep: { id: /id }
    - name: ask with what was kept
      path: '/api/health?after=\${id}'
      headers: { host: ${host} }
`,
    );
    workspace.commit('stack');
    up();
  });
  afterAll(() => {
    cleanUp();
    workspace.remove();
  });

  function cleanUp(): void {
    removeComposeProject(project);
    tryDocker('network', 'rm', foreign);
  }

  it('is green on the stack as it is described', () => {
    const { code, output, report } = verify();
    expect([failed(report), code]).toEqual([['smoke: leave a message: no value for ${env:SMOKE_TEXT}'], 1]);
    const text = { ...env, SMOKE_TEXT: 'hello' };
    workspace.nxOk(['verify', 'infrastructure', `--name=${project}`], text);
    const again = { code: 0, report: workspace.json<Report>('dist/reports/infrastructure/verify.json') };
    expect([failed(again.report), again.code]).toEqual([[], 0]);
    const made = new Set(again.report.results.map(({ check }) => check));
    expect([...made].sort()).toEqual([
      'connects',
      'environment',
      'health',
      'image-secrets',
      'image-size',
      'isolated',
      'limits',
      'networks',
      'ports',
      'privileges',
      'read-only',
      'running',
      'smoke',
      'stack-size',
      'user',
    ]);
    const edges = again.report.results
      .filter(({ check }) => check === 'connects')
      .map(({ subject }) => subject);
    expect(edges.sort()).toEqual(['vfy-api -> postgres', 'vfy-api -> redis', 'vfy-proxy -> vfy-api']);
    expect(output).toContain('NOT as described');
    expect(workspace.read('dist/reports/infrastructure/verify.xml')).toContain('failures="0"');
    expect(workspace.read('dist/reports/infrastructure/verify.html')).toContain('Everything is as described');
  });

  it('names exactly what is wrong', () => {
    docker('network', 'create', foreign);
    workspace.write(
      override,
      `services:
  vfy-tool:
    user: '0:0'
    read_only: false
    cap_drop: !reset []
    security_opt: !reset []
    deploy: !reset null
    memswap_limit: !reset null
    environment: { API_TOKEN: abc }
    healthcheck: { disable: true }
    ports: ['127.0.0.1:0:3000']
    networks: [foreign]
networks:
  foreign: { name: ${foreign}, external: true }
`,
    );
    up();
    const { code, output, report } = verify('--skip=smoke=no text on this machine');
    expect(failed(report).filter((line) => !line.startsWith('ports'))).toEqual([
      'health: vfy-tool: no health check',
      'user: vfy-tool: 0:0',
      'read-only: vfy-tool: writable',
      'privileges: vfy-tool: keeps capabilities, may gain privileges',
      'limits: vfy-tool: no limit of memory, CPU, processes',
      'environment: vfy-tool: API_TOKEN',
      `networks: vfy-tool: also on ${foreign}`,
    ]);
    expect(failed(report).filter((line) => line.startsWith('ports'))).toEqual([
      expect.stringMatching(/^ports: vfy-tool: 127\.0\.0\.1:\d+$/),
    ]);
    expect(code).toBe(1);
    expect(output).not.toContain('abc');
    expect(report.skipped).toEqual([{ check: 'smoke', reason: 'no text on this machine' }]);
  });

  it('sees two services on one network that nobody declared', () => {
    workspace.write(
      override,
      `services:
  vfy-proxy:
    networks: [foreign]
  vfy-tool:
    networks: [foreign]
networks:
  foreign: { name: ${foreign}, external: true }
`,
    );
    up();
    const { report } = verify('--only=connects,isolated');
    expect(failed(report)).toEqual([
      expect.stringMatching(/^isolated: vfy-proxy -> vfy-tool: connects to vfy-tool, [\d.]+:\d+$/),
      expect.stringMatching(/^isolated: vfy-tool -> vfy-proxy: connects to vfy-proxy, [\d.]+:\d+$/),
    ]);
    workspace.write(override, 'services: {}\n');
    up();
    docker('network', 'rm', foreign);
  });

  it('sees a dead dependency and an image over its budget', () => {
    const [redis = ''] = docker(
      'ps',
      '-q',
      '--filter',
      `label=com.docker.compose.project=${project}`,
      '--filter',
      'label=com.docker.compose.service=redis',
    ).split('\n');
    docker('stop', redis);
    const description = 'apps/vfy-tool/toolbox.yaml';
    workspace.write(description, `${workspace.read(description)}budget: 1MB\n`);
    const { code, report } = verify('--skip=smoke=no text on this machine');
    expect([failed(report), code]).toEqual([
      [expect.stringMatching(/^image-size: vfy-tool: \d+\.\d MB$/), 'running: redis: exited with 0'],
      1,
    ]);
  });

  it('measures builds where there are limits', () => {
    const description = 'infrastructure/toolbox.yaml';
    const before = workspace.read(description);
    workspace.write(description, before.replace('verify:\n', 'verify:\n  build: { cold: 6, cached: 30 }\n'));
    const { code, report } = verify('--only=build-cold,build-cached');
    workspace.write(description, before);
    expect(code).toBe(1);
    const passed = (check: string) =>
      report.results
        .filter((result) => result.check === check && result.passed)
        .map(({ subject }) => subject);
    // Python packages and a Go program are not there in no time; a configuration of nginx is.
    expect(passed('build-cold')).toEqual(['vfy-proxy']);
    expect(passed('build-cached').sort()).toEqual(['vfy-api', 'vfy-proxy', 'vfy-tool']);
    expect(failed(report)).toEqual(
      ['vfy-api', 'vfy-tool'].map(
        (name) => expect.stringMatching(`^build-cold: ${name}: not built after 1\\d s$`) as string,
      ),
    );
  });

  it('says in one line that nothing runs, and what is no check', () => {
    workspace.nxOk(['compose-down', 'infrastructure', `--name=${project}`], env);
    const stopped = workspace.nx(['verify', 'infrastructure', `--name=${project}`]);
    expect(stopped.code).toBe(1);
    expect(stopped.output).toContain(
      `${project}: nothing of the stack runs. Start it with: nx compose-up infrastructure`,
    );
    expect(workspace.nx(['verify', 'infrastructure', '--only=helth']).output).toContain(
      '"helth" is not a check. Did you mean health?',
    );
  });

  const left = () =>
    [
      ['ps', '-aq'],
      ['network', 'ls', '-q'],
    ].flatMap((list) => leftOfCompose(project, list));

  it('starts the stack itself where it is told to, and stops it again', () => {
    expect(left()).toEqual([]);
    const { code, output, report } = verify('--start', '--only=running,health');
    if (code !== 0) throw new Error(output);
    expect(report.results.length).toBeGreaterThan(8);
    expect(output).toContain(`${project} is stopped again; its data is kept.`);
    expect(left()).toEqual([]);
  });

  it('leaves nothing running where it is killed', async () => {
    const nx = join(workspace.root, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
    const args = [nx, 'run', 'infrastructure:verify', `--name=${project}`, '--start', '--only=running'];
    const child = spawn(process.execPath, args, {
      cwd: workspace.root,
      env: { ...workspace.env, ...env },
      detached: true,
      stdio: 'ignore',
    });
    const until = async (condition: () => boolean) => {
      for (let attempt = 0; !condition(); attempt += 1) {
        if (attempt > 240) throw new Error('not within two minutes');
        await sleep(500);
      }
    };
    await until(() => left().length > 3);
    process.kill(-child.pid!, 'SIGKILL');
    await until(() => left().length === 0);
  });
});
