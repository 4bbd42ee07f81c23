import { startCluster, type Cluster } from './cluster';
import { freshWorkspace, type Workspace } from './workspace';

/** A stack of all runtimes through the generator, the offline check, and a real API server that enforces `restricted`. */
const host = 'kube.example.com';
const services = {
  'kube-api': ['--runtime=fastapi', '--uses=postgres,redis', `--host=${host}`, '--path=/api'],
  'kube-worker': ['--runtime=celery', '--uses=postgres,redis'],
  'kube-tools': ['--runtime=python', `--host=${host}`, '--path=/mcp'],
  'kube-edge': ['--runtime=go', `--host=${host}`, '--path=/edge'],
  'kube-web': ['--runtime=static', `--host=${host}`],
  'kube-node': ['--runtime=node'],
  'kube-proxy': ['--runtime=nginx'],
} as const;
const names = Object.keys(services);
const environments = ['dev', 'staging', 'production'];

interface Found {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}
interface Report {
  readonly objects: number;
  readonly findings: readonly { readonly id: string; readonly state: string }[];
}

describe('kubernetes', () => {
  let cluster: Cluster;
  let workspace: Workspace;
  beforeAll(() => {
    cluster = startCluster('kubernetes');
    workspace = freshWorkspace('kubernetes');
    for (const name of names)
      workspace.nxOk([
        ...['g', 'toolbox:service', name, ...services[name as keyof typeof services]],
        ...['--no-interactive', '--skipInstall'],
      ]);
    workspace.write(
      'infrastructure/toolbox.yaml',
      `${workspace.read('infrastructure/toolbox.yaml').replace(/^name:.*$/m, 'name: kube')}registry: registry.example.com/kube\n`,
    );
  });
  afterAll(() => {
    cluster.stop();
    workspace.remove();
  });

  /** The objects of an environment as kustomize renders them, in one document. */
  const rendered = (root: string, environment: string) => {
    const { code, out, err } = cluster.kubectl([
      'kustomize',
      `${workspace.root}/${root}/k8s/overlays/${environment}`,
    ]);
    expect([code, err]).toEqual([0, '']);
    return out;
  };
  const isPlaceholder = (document: string) => /^kind: Secret$/m.test(document);
  const apply = (manifests: string) =>
    cluster.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], manifests);

  it('is generated once it is chosen, and the same again', () => {
    expect(workspace.exists('apps/kube-api/k8s')).toBe(false);
    workspace.nxOk(['sync']);
    workspace.nxOk(['g', 'toolbox:kubernetes', '--no-interactive']);
    expect(workspace.exists('apps/kube-api/k8s/base/deployment.yaml')).toBe(true);
    workspace.commit('kubernetes');
    workspace.nxOk(['g', 'toolbox:kubernetes', '--no-interactive']);
    workspace.nxOk(['sync:check']);
    workspace.nxOk(['g', 'toolbox:service', 'kube-edge', '--no-interactive', '--skipInstall']);
    expect(workspace.git('status', '--porcelain')).toBe('');
  });

  it('passes the offline check; only images of dev and of the databases have no digest', () => {
    workspace.nxOk(['run-many', '-t', 'k8s-validate', '--parallel=2', '--outputStyle=static'], cluster.env);
    for (const project of [...names, 'infrastructure']) {
      const { objects, findings } = workspace.json<Report>(`dist/reports/${project}/k8s.json`);
      expect(objects).toBeGreaterThan(10);
      expect(findings.filter(({ id, state }) => id !== 'image-not-by-digest' && state !== 'ignored')).toEqual(
        [],
      );
    }
  });

  it.each(environments)('every object of %s is accepted by an API server that is strict', (environment) => {
    const shared = rendered('infrastructure', environment).split(/^---$/m);
    const placeholders = shared.filter(isPlaceholder);
    expect(placeholders).toHaveLength(2);
    for (const manifests of [
      shared.filter((document) => !isPlaceholder(document)).join('---\n'),
      ...names.map((name) => rendered(`apps/${name}`, environment)),
    ]) {
      const { code, err } = apply(manifests);
      // Warnings are what Pod Security would refuse.
      expect([code, err]).toEqual([0, '']);
    }
    for (const placeholder of placeholders) {
      const { code, err } = apply(placeholder);
      expect(code).not.toBe(0);
      expect(err).toMatch(/base64/);
      for (const args of [['create'], ['apply'], ['create', '--validate=false']])
        expect(cluster.kubectl([...args, '-f', '-'], placeholder).code).not.toBe(0);
    }
  });

  it('has what the descriptions say', () => {
    const list = (kind: string) =>
      cluster.get<{ items: readonly Found[] }>(kind, '--namespace=kube-production').items;
    expect(list('deployments').map(({ metadata }) => metadata.name)).toEqual(
      [...names, 'kube-worker-beat'].sort(),
    );
    expect(list('hpa')).toHaveLength(names.length);
    expect(list('statefulsets').map(({ metadata }) => metadata.name)).toEqual(['postgres', 'redis']);
    expect(list('resourcequotas')).toMatchObject([{ spec: { hard: { persistentvolumeclaims: '2' } } }]);
    expect(list('ingresses')).toMatchObject([{ spec: { rules: [{ host }] } }]);
    expect(list('networkpolicies').map(({ metadata }) => metadata.name)).toEqual(
      expect.arrayContaining(['default-deny', 'dns', 'kube-api', 'kube-worker-beat', 'postgres', 'redis']),
    );
  });

  it('keeps an edit of the user, where its own part changes', () => {
    const file = 'apps/kube-edge/k8s/base/deployment.yaml';
    workspace.write(file, workspace.read(file).replace('revisionHistoryLimit: 5', 'revisionHistoryLimit: 3'));
    workspace.commit('edit');
    const description = 'apps/kube-edge/toolbox.yaml';
    workspace.write(description, `${workspace.read(description)}resources: { memory: 64Mi..96Mi }\n`);
    workspace.nxOk(['g', 'toolbox:kubernetes', '--no-interactive']);
    expect(workspace.read(file)).toContain('revisionHistoryLimit: 3');
    expect(workspace.read(file)).toContain('memory: 96Mi');
  });

  it('has no object of a service that is removed', () => {
    workspace.commit('before');
    workspace.nxOk(['g', 'toolbox:remove', 'kube-tools', '--no-interactive']);
    expect(workspace.exists('apps/kube-tools/k8s')).toBe(false);
    expect(workspace.git('grep', '-l', 'kube-edge', '--', '*/k8s/*')).toContain('apps/kube-proxy');
    expect(workspace.nx(['sync:check']).code).toBe(0);
    const left = workspace.git('ls-files', '--cached', '--others', '--exclude-standard', '*/k8s/*');
    for (const path of new Set(left.split('\n').filter((one) => one && workspace.exists(one))))
      expect([path, workspace.read(path)]).not.toEqual([path, expect.stringContaining('kube-tools')]);
    workspace.nxOk(['k8s-validate', 'infrastructure'], cluster.env);
  });
});
