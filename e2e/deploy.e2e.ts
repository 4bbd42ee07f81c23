import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { context, startCluster, type Cluster } from './cluster';
import { removeImagesNamed } from './engine';
import { startRegistry, type RegistryServer } from './registry';
import { writeManifests, type Version } from './service-manifests';
import { freshWorkspace, type Ran, type Workspace } from './workspace';

interface Deployed {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly spec: {
        readonly containers: readonly [
          { readonly image: string; readonly env: readonly { readonly value: string }[] },
        ];
      };
    };
  };
}

interface Kept {
  readonly number: number;
  readonly action: string;
  readonly to: number | null;
  readonly result: string;
  readonly reason: string | null;
  readonly commit: string;
  readonly by: string;
  readonly images: readonly string[];
}

/** Deployments to a real API server with its controllers; the pods are played. The tests build on each other, in order, in one workspace. */
describe('deploy and rollback', () => {
  const project = 'shop-api';
  const to = ['--configuration=staging', `--context=${context}`];
  let cluster: Cluster;
  let registry: RegistryServer;
  let workspace: Workspace;

  beforeAll(async () => {
    cluster = startCluster('deploy');
    registry = await startRegistry();
    workspace = freshWorkspace('deploy');
    workspace.nxOk(['g', 'toolbox:service', project, '--no-interactive']);
    const nxJson = workspace.json<object>('nx.json');
    const plugins = [{ plugin: 'toolbox', options: { registry: `${registry.address}/shop` } }];
    workspace.write('nx.json', JSON.stringify({ ...nxJson, plugins }));
    workspace.write(
      'infrastructure/k8s/overlays/staging/kustomization.yaml',
      'resources: [namespace.yaml, quota.yaml]\n',
    );
    workspace.write(
      'infrastructure/k8s/overlays/staging/namespace.yaml',
      'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n',
    );
    workspace.write(
      'infrastructure/k8s/overlays/staging/quota.yaml',
      'apiVersion: v1\nkind: ResourceQuota\nmetadata: { name: quota, namespace: shop }\nspec: { hard: { limits.memory: 64Gi } }\n',
    );
    describeVersion({ version: 'one' });
    workspace.commit('shop');
  });
  afterAll(() => {
    cluster.stop();
    registry.stop();
    removeImagesNamed(`${registry.address}/*/*`);
    workspace.remove();
  });

  const describeVersion = (version: Version, name: string = project) =>
    writeManifests(workspace, version, name);
  const nx = (...args: string[]) => workspace.nx(args, cluster.env);
  /** What was built and pushed once is deployed many times. */
  const alone = '--excludeTaskDependencies';
  const deploy = (...args: string[]) => nx('deploy', project, ...to, alone, ...args);
  const diff = () => nx('k8s-diff', project, ...to);
  const status = () => nx('k8s-status', project, ...to);
  const rollback = (...args: string[]) => nx('rollback', project, ...to, ...args);
  const inShop = <T>(...args: string[]) => cluster.get<T>('-n', 'shop', ...args);
  const deployed = (name: string = project) => inShop<Deployed>('deployment', name);
  const version = (name?: string) => deployed(name).spec.template.spec.containers[0].env[0]!.value;
  function records(name: string = project): readonly Kept[] {
    const { items } = inShop<{ items: readonly { data: { record: string } }[] }>(
      'secrets',
      '-l',
      `io.toolbox/record-of=${name}.staging`,
    );
    return items
      .map(({ data }) => JSON.parse(Buffer.from(data.record, 'base64').toString('utf8')) as Kept)
      .sort((a, b) => a.number - b.number);
  }
  const last = () => records().at(-1)!;
  function expectSuccess(ran: Ran): void {
    expect(ran.code === 0 ? '' : ran.output).toBe('');
  }
  function expectFailure(ran: Ran, line: RegExp): void {
    expect(ran.output).toMatch(line);
    expect(ran.code).not.toBe(0);
    expect(ran.output).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  }

  /** Runs nx beside this process. */
  function deployBesides(...args: string[]): { readonly ended: Promise<Ran>; interrupt(): void } {
    const program = join(workspace.root, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
    const child = spawn(process.execPath, [program, 'deploy', project, ...to, alone, ...args], {
      cwd: workspace.root,
      env: { ...workspace.env, ...cluster.env, ...nxSettings() },
      detached: true,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    const ended = new Promise<Ran>((resolve) => child.once('close', (code) => resolve({ code, output })));
    return { ended, interrupt: () => process.kill(-child.pid!, 'SIGINT') };
  }
  /** What the workspace sets of Nx's variables. */
  function nxSettings(): NodeJS.ProcessEnv {
    return Object.fromEntries(
      Object.entries(workspace.env).filter(([name]) => /^(NX_|CI$|FORCE_)/.test(name)),
    );
  }
  async function until(condition: () => boolean): Promise<void> {
    for (const end = Date.now() + 60_000; Date.now() < end; await sleep(200)) if (condition()) return;
    throw new Error('what was waited for did not come');
  }

  it('says in one line what is missing: context, environment, namespace', () => {
    expectFailure(status(), /toolbox-test\/shop: shop-api was never deployed to staging/);
    expectFailure(nx('deploy', project, alone), /says not which environment\. Use --env=staging/);
    expectFailure(
      nx('deploy', project, alone, '--env=staging'),
      /shop-api: says not which cluster staging is\. Name a context/,
    );
    expectFailure(
      nx('deploy', 'infrastructure', alone, '--env=staging', '--context=elsewhere'),
      /elsewhere\/shop: this context is not in the kubeconfig/,
    );
    expectFailure(deploy('--image=shop-api:dev'), /image: shop-api:dev: is not an image by digest/);
    expectFailure(deploy(), /its image was not pushed from here .* nx docker-push shop-api/);
  });

  it('deploys a namespace of its own, then what lies in it: validated, built, pushed, by digest', () => {
    expectSuccess(nx('deploy', 'infrastructure', ...to));
    const ran = nx('deploy', project, ...to);
    expectSuccess(ran);
    expect(ran.output).toMatch(/Deployment\/shop-api: 2 of 2 ready/);
    const { digest } = workspace.json<{ digest: string }>('dist/images/shop-api/image.json');
    const image = `${registry.address}/shop/shop-api@${digest}`;
    expect(deployed().spec.template.spec.containers[0].image).toBe(image);
    expect(deployed().metadata.labels).toEqual({ 'io.toolbox/deployed-by': 'shop-api.staging' });
    expect(last()).toMatchObject({
      number: 1,
      action: 'deploy',
      result: 'succeeded',
      images: [image],
      commit: workspace.git('rev-parse', 'HEAD').trim(),
      by: expect.stringMatching(/^admin, .*@/) as string,
    });
  });

  describe('rolls back by itself', () => {
    const cases: readonly (readonly [name: string, how: Omit<Version, 'version'>, reason: RegExp])[] = [
      ['cannot-pull', { plays: 'image-pull-error' }, /the image of app cannot be pulled: .*not found/],
      ['crashes', { plays: 'crash' }, /app crashes with exit code 1, 3 restarts/],
      ['unready', { plays: 'unready' }, /is not ready: Readiness probe failed: .* statuscode: 503/],
      ['unschedulable', { node: 'nowhere' }, /no node can take it: 0\/3 nodes are available/],
      ['over-quota', { memory: '65Gi' }, /a quota refuses its pods: .*exceeded quota/],
    ];
    const targets = { deploy: { executor: 'toolbox:deploy' } };
    let ran: Ran;

    beforeAll(() => {
      const all = [
        'run-many',
        '-t',
        'deploy',
        '--projects=apps/bad-*',
        '--parallel=5',
        '--outputStyle=static',
      ];
      const where = ['--env=staging', `--context=${context}`];
      for (const [name] of cases) {
        workspace.write(`apps/bad-${name}/project.json`, JSON.stringify({ name: `bad-${name}`, targets }));
        describeVersion({ version: 'good', replicas: 1 }, `bad-${name}`);
      }
      expectSuccess(nx(...all, ...where));
      for (const [name, how] of cases) describeVersion({ version: 'bad', ...how }, `bad-${name}`);
      ran = nx(...all, ...where, '--timeout=10');
      // A first deployment has nothing to go back to.
      workspace.write('apps/bad-first/project.json', JSON.stringify({ name: 'bad-first', targets }));
      describeVersion({ version: 'bad', plays: 'image-pull-error' }, 'bad-first');
    });
    afterAll(() => {
      for (const [name] of cases)
        cluster.kubectl(['-n', 'shop', 'delete', 'deployment', `bad-${name}`, '--wait=false']);
    });

    it.each(cases)('what %s', (name, _, reason) => {
      expectFailure(ran, reason);
      expect(ran.output).toMatch(
        new RegExp(`bad-${name}: not deployed to staging: .*\\n.*Rolled back to deployment 1 `),
      );
      expect(version(`bad-${name}`)).toBe('good');
      expect(deployed(`bad-${name}`).spec.replicas).toBe(1);
      expect(records(`bad-${name}`).at(-1)).toMatchObject({
        number: 2,
        result: 'rolled-back',
        reason: expect.stringMatching(reason) as string,
      });
    });

    it('what was never there before: it is removed', () => {
      const first = nx('deploy', 'bad-first', '--env=staging', `--context=${context}`);
      expectFailure(first, /It was the first deployment: what it made is removed\./);
      expect(cluster.kubectl(['-n', 'shop', 'get', 'deployment', 'bad-first']).err).toContain('not found');
      expect(records('bad-first')).toMatchObject([{ result: 'rolled-back' }]);
    });
  });

  it('changes nothing where the API server refuses a manifest, or in a dry run', () => {
    describeVersion({ version: 'two', more: 'Not_A_Name' });
    expectFailure(deploy(), /shop-api: not deployed to staging: .*Not_A_Name.*\n.*Nothing was changed/);
    expect(last()).toMatchObject({ result: 'refused' });
    const before = records().length;
    describeVersion({ version: 'two', more: 'settings' });
    expectSuccess(deploy('--dryRun'));
    expect(version()).toBe('one');
    expect(records()).toHaveLength(before);
  });

  it('shows first what it would change and remove', () => {
    const ran = diff();
    expectFailure(ran, /-\s+value: one\n\+\s+value: two/);
    expect(ran.output).toMatch(/\+kind: ConfigMap/);
    expect(version()).toBe('one');
    expectSuccess(deploy());
    expect(diff().output).toContain('a deployment to staging would change nothing');
    expectSuccess(diff());
  });

  it('removes what is no longer described, and nothing of others', () => {
    expect(version()).toBe('two');
    cluster.kubectl(['-n', 'shop', 'create', 'configmap', 'foreign']);
    describeVersion({ version: 'three' });
    expectFailure(diff(), /^ *ConfigMap\/settings: would be removed/m);
    const ran = deploy();
    expectSuccess(ran);
    expect(ran.output).toContain('Removed ConfigMap/settings');
    expect(cluster.kubectl(['-n', 'shop', 'get', 'configmap', 'settings']).err).toContain('not found');
    expect(inShop('configmap', 'foreign')).toBeTruthy();
  });

  it('goes back to the deployment before, and to any that is recorded', () => {
    const [, two] = records().filter(({ result }) => result === 'succeeded');
    expectSuccess(rollback());
    expect(version()).toBe('two');
    expect(inShop('configmap', 'settings')).toBeTruthy();
    expect(last()).toMatchObject({ action: 'rollback', to: two!.number, result: 'succeeded' });
    expectSuccess(rollback('--to=1'));
    expect(version()).toBe('one');
    const shown = status();
    expectSuccess(shown);
    expect(shown.output).toMatch(/rollback to 1 +succeeded/);
    expect(shown.output).toMatch(/Deployment\/shop-api: 2 of 2 ready/);
    expect(cluster.kubectl(['-n', 'shop', 'get', 'configmap', 'settings']).err).toContain('not found');
    expectFailure(rollback('--to=2'), /there is no deployment 2 that worked\. Use 1, /);
  });

  it('does not take over what others have set, unless it is told to', () => {
    cluster.kubectl(
      ['-n', 'shop', 'apply', '--server-side', '--force-conflicts', '--field-manager=somebody', '-f', '-'],
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: shop-api }\nspec: { replicas: 3 }\n',
    );
    describeVersion({ version: 'four' });
    expectFailure(deploy(), /others have set .*"somebody".*\.spec\.replicas.*--forceConflicts/);
    expect(version()).toBe('one');
    expectSuccess(deploy('--forceConflicts'));
    expect(version()).toBe('four');
    expect(deployed().spec.replicas).toBe(2);
  });

  it('lets one of two deployments at once through', async () => {
    describeVersion({ version: 'five', plays: 'unready' });
    const first = deployBesides('--timeout=15');
    await until(() => version() === 'five');
    expectFailure(deploy(), /shop-api\.staging is being changed by admin, .*\. Nothing was done\./);
    expectFailure(await first.ended, /Rolled back to deployment/);
    expect(version()).toBe('four');
  });

  it('says what it leaves where it is interrupted, and the next one goes on from there', async () => {
    describeVersion({ version: 'five', plays: 'unready' });
    const first = deployBesides();
    await until(() => version() === 'five');
    first.interrupt();
    expect((await first.ended).code).not.toBe(0);
    await until(() => last().result === 'interrupted');
    expectFailure(
      status(),
      /interrupted(.*\n)*.*Deployment\/shop-api: pod .* Readiness probe failed: HTTP probe failed/,
    );
    expectSuccess(rollback());
    expect(version()).toBe('four');
  });

  it('waits for an API server that goes away in the middle', async () => {
    describeVersion({ version: 'six', replicas: 6 });
    const first = deployBesides('--timeout=60');
    await until(() => version() === 'six');
    cluster.killApi();
    await sleep(2_000);
    cluster.startApi();
    const ran = await first.ended;
    expectSuccess(ran);
    expect(version()).toBe('six');
    expect(last()).toMatchObject({ result: 'succeeded' });
  });

  it('says so where it stays away; afterwards the last good version can be had back', async () => {
    describeVersion({ version: 'seven', plays: 'unready' });
    const first = deployBesides('--timeout=5');
    await until(() => version() === 'seven');
    cluster.killApi();
    expectFailure(
      await first.ended,
      /the API server does not answer(.*\n)*.*It could not be rolled back either/,
    );
    cluster.startApi();
    // The lease of the one that could not give it back ends by itself.
    await until(() => rollback().code === 0);
    expect(version()).toBe('six');
  });
});
