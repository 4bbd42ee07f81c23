import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { logger } from '@nx/devkit';
import { FixtureWorkspace } from '../fixture-workspace';
import k8sValidate from './executor';
import type { K8sReport } from './report';
import type { K8SValidateExecutorSchema } from './schema.gen';

/** Passes every rule but for the digest of its image. */
const sound = `apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: acme }
spec:
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec:
      automountServiceAccountToken: false
      securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
      containers:
        - name: api
          image: api:1.0.0
          ports: [{ name: http, containerPort: 8000 }]
          readinessProbe: { httpGet: { path: /ready, port: http } }
          livenessProbe: { httpGet: { path: /health, port: http } }
          resources: { requests: { cpu: 100m, memory: 64Mi }, limits: { cpu: "1", memory: 128Mi } }
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: { drop: [ALL] }
---
apiVersion: v1
kind: Service
metadata: { name: api, namespace: acme }
spec:
  selector: { app: api }
  ports: [{ name: http, port: 80, targetPort: http }]
`;

let workspace: FixtureWorkspace;
let errors: string[];
beforeEach(() => {
  workspace = new FixtureWorkspace();
  errors = [];
  jest.spyOn(logger, 'error').mockImplementation((line: string) => void errors.push(line));
  jest.spyOn(logger, 'log').mockImplementation(() => undefined);
});
afterEach(() => {
  jest.restoreAllMocks();
  workspace.remove();
});

const check = (manifests: string, options: K8SValidateExecutorSchema = {}) => {
  workspace.write('apps/api/k8s/api.yaml', manifests);
  return k8sValidate(options, workspace.context);
};
const report = () =>
  JSON.parse(readFileSync(join(workspace.root, 'dist/reports/api/k8s.json'), 'utf8')) as K8sReport;

it('passes what is sound, and writes both reports', async () => {
  expect(await check(sound)).toEqual({ success: true });
  expect(report()).toMatchObject({ passed: true, objects: 2, kubernetesVersion: '1.37' });
  expect(report().findings.map(({ id }) => id)).toEqual(['image-not-by-digest']);
  expect(existsSync(join(workspace.root, 'dist/reports/api/k8s.sarif'))).toBe(true);
});

it.each<[string, string, string, string, number]>([
  ['unknown-field', 'name: http, port', 'name: http, prot: 1, port', 'spec.ports[0].prot', 28],
  [
    'wrong-type',
    'containerPort: 8000',
    'containerPort: "8000"',
    'spec.template.spec.containers[0].ports[0].containerPort',
    14,
  ],
  [
    'value-not-allowed',
    'type: RuntimeDefault',
    'type: Default',
    'spec.template.spec.securityContext.seccompProfile.type',
    10,
  ],
  ['missing-field', 'image: api:1.0.0', 'tty: false', 'spec.template.spec.containers[0].image', 12],
  ['unknown-kind', 'apps/v1', 'apps/v3', 'apiVersion', 1],
  ['api-removed', 'apps/v1', 'apps/v1beta1', 'apiVersion', 1],
  ['invalid-value', 'labels: { app: api }', 'labels: { app: web }', 'spec.template.metadata.labels', 7],
  ['selector-matches-nothing', 'selector: { app: api }', 'selector: { app: web }', 'spec.selector', 27],
  ['port-missing', 'targetPort: http', 'targetPort: web', 'spec.ports[0].targetPort', 28],
  [
    'probe-port',
    'path: /ready, port: http',
    'path: /ready, port: 9000',
    'spec.template.spec.containers[0].readinessProbe.httpGet.port',
    15,
  ],
  ['image-latest', 'api:1.0.0', 'api:latest', 'spec.template.spec.containers[0].image', 13],
  [
    'pod-security-capabilities',
    'drop: [ALL]',
    'drop: [NET_RAW]',
    'spec.template.spec.containers[0].securityContext.capabilities.drop',
    21,
  ],
  [
    'account-missing',
    'automountServiceAccountToken: false',
    'serviceAccountName: api',
    'spec.template.spec.serviceAccountName',
    9,
  ],
  [
    'limit-missing',
    'memory: 128Mi',
    'ephemeral-storage: 1Gi',
    'spec.template.spec.containers[0].resources.limits.memory',
    17,
  ],
])('%s is found where it is', async (id, from, to, path, line) => {
  expect(sound).toContain(from);
  expect(await check(sound.replace(from, to))).toEqual({ success: false });
  expect(report().findings).toContainEqual(
    expect.objectContaining({ id, path, line, file: 'apps/api/k8s/api.yaml', state: 'blocks' }),
  );
});

it.each([
  ['duplicate-key', 'metadata: { name: api', 'metadata: { name: api, name: web', 3],
  ['yaml-boolean', 'automountServiceAccountToken: false', 'automountServiceAccountToken: no', 9],
])('%s is found in the text', async (id, from, to, line) => {
  expect(await check(sound.replace(from, to))).toEqual({ success: false });
  expect(report().findings).toContainEqual(expect.objectContaining({ id, line, state: 'blocks' }));
});

it('takes what is accepted with a reason, and refuses an acceptance without one', async () => {
  workspace.write(
    'apps/api/k8s-ignore.yaml',
    '- { id: image-latest, object: Deployment/api, reason: a demo }\n',
  );
  expect(await check(sound.replace('api:1.0.0', 'api:latest'))).toEqual({ success: true });
  expect(report().findings).toContainEqual(expect.objectContaining({ state: 'ignored', reason: 'a demo' }));
  workspace.write('apps/api/k8s-ignore.yaml', '- { id: image-latest }\n');
  expect(await check(sound)).toEqual({ success: false });
  expect(errors.at(-1)).toMatch(/k8s-ignore\.yaml: entry 1 \(image-latest\): has no reason/);
});

it('names the versions that it knows', async () => {
  expect(await check(sound, { kubernetesVersion: '1.29' })).toEqual({ success: true });
  expect(await check(sound, { kubernetesVersion: '1.12' })).toEqual({ success: false });
  expect(errors.at(-1)).toContain('Use 1.29, 1.30');
});

it('says in one line that an overlay cannot be rendered without kubectl', async () => {
  workspace.write('apps/api/k8s/base/kustomization.yaml', 'resources: []\n');
  const path = process.env['PATH'];
  process.env['PATH'] = '';
  try {
    expect(await check(sound)).toEqual({ success: false });
  } finally {
    process.env['PATH'] = path;
  }
  expect(errors).toEqual([
    expect.stringMatching(/^apps\/api\/k8s\/base: cannot be rendered: kubectl was not found/),
  ]);
});
