import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { filesOf } from '../../packages/workspace/fixture-tree';
import { stackTree } from '../../packages/workspace/fixture-stack';
import { readDescriptions } from '../../packages/workspace/stack-reader';
import { contextOf } from '../output-context';
import kubernetesGenerator from './generator';
import type { KubernetesObject } from './kubernetes-object';
import type { KubernetesGeneratorSchema } from './schema.gen';
import { neighboursOf, serviceObjects } from './service-objects';
import { sharedObjects } from './shared-objects';

/** A stack of all runtimes with these changes: its files, and its objects by folder and environment. */
async function generated(
  changes: Parameters<typeof stackTree>[0] = {},
  options: KubernetesGeneratorSchema = {},
) {
  const tree = stackTree(changes);
  await kubernetesGenerator(tree, options);
  const { stack, inEnvironment } = contextOf(tree, readDescriptions(tree));
  return {
    files: Object.fromEntries(Object.entries(filesOf(tree)).filter(([path]) => /\/k8s[/-]/.test(path))),
    objects(root: string, environment: string): readonly KubernetesObject[] {
      const here = neighboursOf(inEnvironment(environment), stack, environment);
      const service = here.services.find((one) => one.root === root);
      return service ? serviceObjects(service, here) : sharedObjects(here.services, stack, {}, environment);
    },
  };
}

const find = (objects: readonly KubernetesObject[], kind: string, name: string) =>
  objects.find((one) => one.kind === kind && one.metadata.name === name);

/** `UPDATE_GOLDEN=1 npx jest generators/kubernetes` writes the golden files; review their diff. */
test('the files of a stack of all runtimes equal their golden files', async () => {
  const { files } = await generated();
  const golden = join(__dirname, 'golden');
  if (process.env['UPDATE_GOLDEN']) {
    rmSync(golden, { recursive: true, force: true });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(golden, path)), { recursive: true });
      writeFileSync(join(golden, path), text);
    }
  }
  const there = readdirSync(golden, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => posix.join(posix.relative(golden, parentPath), name));
  expect(Object.keys(files).sort()).toEqual(there.sort());
  for (const [path, text] of Object.entries(files))
    expect([path, text]).toEqual([path, readFileSync(join(golden, path), 'utf8')]);
});

test('the network policies are the declared edges, in both directions', async () => {
  const { objects } = await generated();
  const peers = (root: string, name: string) => {
    const { spec } = find(objects(root, 'production'), 'NetworkPolicy', name) as unknown as {
      spec: Record<
        'ingress' | 'egress',
        readonly Record<'from' | 'to', readonly { podSelector?: { matchLabels: object } }[]>[]
      >;
    };
    const names = (direction: 'ingress' | 'egress', key: 'from' | 'to') =>
      (spec[direction] ?? []).flatMap((rule) =>
        (rule[key] ?? []).flatMap(
          ({ podSelector }) => Object.values(podSelector?.matchLabels ?? {})[0] ?? [],
        ),
      );
    return { from: names('ingress', 'from'), to: names('egress', 'to') };
  };
  expect(peers('apps/api', 'api')).toEqual({ from: ['proxy'], to: ['postgres', 'redis', 'reports'] });
  expect(peers('apps/reports', 'reports')).toEqual({ from: ['api'], to: ['postgres'] });
  expect(peers('apps/worker', 'worker-beat')).toEqual({ from: [], to: ['postgres', 'redis'] });
  expect(peers('infrastructure', 'redis')).toEqual({ from: ['api', 'worker', 'worker-beat'], to: [] });
  // Nothing calls it, and it calls nothing: what is denied by default stays denied.
  expect(find(objects('apps/tools', 'production'), 'NetworkPolicy', 'tools')).toBeUndefined();
});

test('what a service may reach outside is named, and never a private address', async () => {
  const { objects } = await generated();
  expect(find(objects('apps/reports', 'production'), 'NetworkPolicy', 'reports')).toMatchObject({
    spec: {
      egress: [
        { ports: [{ port: 5432 }] },
        {
          to: [
            {
              ipBlock: {
                cidr: '0.0.0.0/0',
                except: expect.arrayContaining(['10.0.0.0/8', '169.254.0.0/16']),
              },
            },
          ],
          ports: [{ protocol: 'TCP', port: 443 }],
        },
      ],
    },
  });
  for (const root of ['apps/api', 'apps/worker', 'infrastructure'])
    expect(JSON.stringify(objects(root, 'production'))).not.toContain('ipBlock');
});

test('beat runs once, is never scaled and never runs twice', async () => {
  const { objects } = await generated();
  const worker = objects('apps/worker', 'production');
  expect(find(worker, 'Deployment', 'worker-beat')).toMatchObject({
    spec: { replicas: 1, strategy: { type: 'Recreate' } },
  });
  expect(find(worker, 'HorizontalPodAutoscaler', 'worker-beat')).toBeUndefined();
  expect(find(worker, 'HorizontalPodAutoscaler', 'worker')).toMatchObject({ spec: { minReplicas: 2 } });
});

test('a proxy that ends TLS itself has a balancer; else an Ingress or an HTTPRoute leads to it', async () => {
  const plain = { 'apps/proxy': 'runtime: nginx\nport: 8080\nuid: 1003\n' };
  const tls = (await generated()).objects('apps/proxy', 'production');
  expect(find(tls, 'Service', 'proxy')).toMatchObject({
    spec: {
      type: 'LoadBalancer',
      ports: [
        { port: 80, targetPort: 'http' },
        { port: 443, targetPort: 'https' },
      ],
    },
  });
  expect(find(tls, 'Ingress', 'proxy')).toBeUndefined();
  const ingress = (await generated(plain)).objects('apps/proxy', 'staging');
  expect(find(ingress, 'Ingress', 'proxy')).toMatchObject({
    spec: {
      ingressClassName: 'nginx',
      rules: [
        {
          host: 'app.example.com',
          http: { paths: [{ path: '/', backend: { service: { name: 'proxy' } } }] },
        },
      ],
    },
  });
  const gateway = (await generated(plain, { route: 'gateway' })).objects('apps/proxy', 'staging');
  expect(find(gateway, 'HTTPRoute', 'proxy')).toMatchObject({
    spec: { hostnames: ['app.example.com'], rules: [{ backendRefs: [{ name: 'proxy', port: 8080 }] }] },
  });
});

test('no manifest has a secret in it', async () => {
  const { objects } = await generated();
  const secrets = objects('infrastructure', 'production').filter(({ kind }) => kind === 'Secret');
  expect(secrets.map(({ metadata }) => metadata.name)).toEqual([
    'payment-key',
    'postgres-password',
    'redis-password',
    'session-key',
    'tls-certificate',
    'tls-key',
  ]);
  // Neither `<` nor a space is of base64.
  for (const { data } of secrets) expect(Object.values(data!)).toEqual([expect.stringMatching(/^<.* .*>$/)]);
  const external = (await generated({}, { secrets: 'external' })).objects('infrastructure', 'production');
  expect(external.some(({ kind }) => kind === 'Secret')).toBe(false);
  expect(find(external, 'ExternalSecret', 'payment-key')).toMatchObject({
    spec: { data: [{ secretKey: 'payment-key', remoteRef: { key: 'acme-production/payment-key' } }] },
  });
});

test('what an environment takes away is away', async () => {
  const { objects } = await generated({
    'apps/tools':
      'runtime: python\nport: 8100\nuid: 1005\nsecrets: [old-key]\nenv: { production: { secrets: [] } }\n',
  });
  expect(JSON.stringify(objects('apps/tools', 'staging'))).toContain('old-key');
  expect(JSON.stringify(objects('apps/tools', 'production'))).not.toMatch(/old-key|\/run\/secrets/);
  expect(find(objects('infrastructure', 'production'), 'Secret', 'old-key')).toBeUndefined();
});

test('a prefix that an Ingress cannot take off is one clear line', async () => {
  const changes = {
    'apps/proxy': null,
    'apps/tools':
      'runtime: python\nport: 8100\nuid: 1005\nexpose: { host: a.example.com, path: /t, stripPath: true }\n',
  };
  await expect(generated(changes)).rejects.toThrow(
    /^apps\/tools\/toolbox\.yaml: expose\.stripPath: an Ingress has no way to take the prefix off/,
  );
  const { files } = await generated(changes, { route: 'gateway' });
  expect(files['apps/tools/k8s/base/http-route.yaml']).toContain('replacePrefixMatch: /');
});
