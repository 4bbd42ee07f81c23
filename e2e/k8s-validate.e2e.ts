import { startCluster, type Cluster } from './cluster';
import { freshWorkspace, type Workspace } from './workspace';

/** Accepted by the API server with Pod Security `restricted`, and by k8s-validate. */
const sound = `apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: judged, labels: { app.kubernetes.io/name: api } }
spec:
  replicas: 2
  minReadySeconds: 5
  strategy: { type: RollingUpdate, rollingUpdate: { maxUnavailable: 0, maxSurge: 25% } }
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec:
      automountServiceAccountToken: false
      securityContext: { runAsNonRoot: true, runAsUser: 1001, seccompProfile: { type: RuntimeDefault } }
      topologySpreadConstraints:
        - { maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: { matchLabels: { app: api } } }
      volumes: [{ name: tmp, emptyDir: { sizeLimit: 64Mi } }]
      containers:
        - name: api
          image: api:1.0.0
          env: [{ name: LEVEL, value: info }, { name: POD, valueFrom: { fieldRef: { fieldPath: metadata.name } } }]
          ports: [{ name: http, containerPort: 8000, protocol: TCP }]
          readinessProbe: { httpGet: { path: /ready, port: http, scheme: HTTP }, periodSeconds: 10 }
          livenessProbe: { tcpSocket: { port: 8000 } }
          lifecycle: { preStop: { sleep: { seconds: 5 } } }
          resources: { requests: { cpu: 100m, memory: 64Mi }, limits: { cpu: "1", memory: 128Mi } }
          volumeMounts: [{ name: tmp, mountPath: /tmp }]
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: { drop: [ALL] }
---
apiVersion: v1
kind: Service
metadata: { name: api, namespace: judged }
spec:
  type: ClusterIP
  selector: { app: api }
  ports: [{ name: http, port: 80, targetPort: http }]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: api, namespace: judged }
spec:
  minReplicas: 2
  maxReplicas: 5
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: api }
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: api, namespace: judged }
spec:
  podSelector: { matchLabels: { app: api } }
  policyTypes: [Ingress, Egress]
  ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: 8000, protocol: TCP }] }]
`;

/** One change each; both judges say no. */
const refused: readonly (readonly [from: string, to: string])[] = [
  ['apps/v1\n', 'apps/v9\n'],
  ['kind: Service', 'kind: Servise'],
  ['replicas: 2', 'replicaz: 2'],
  ['replicas: 2', 'replicas: two'],
  ['replicas: 2', 'replicas: -1'],
  ['minReadySeconds: 5', 'minReadySeconds: -5'],
  ['type: RollingUpdate', 'type: Rolling'],
  ['maxSurge: 25%', 'maxSurge: 0'],
  ['labels: { app: api } }\n    spec', 'labels: { app: web } }\n    spec'],
  ['name: api, namespace: judged, labels', 'name: Api_1, namespace: judged, labels'],
  ['app.kubernetes.io/name: api }', 'app.kubernetes.io/name: "a b" }'],
  ['seccompProfile: { type: RuntimeDefault }', 'seccompProfile: { type: Default }'],
  ['runAsNonRoot: true, runAsUser', 'runAsNonRoot: false, runAsUser'],
  ['whenUnsatisfiable: ScheduleAnyway', 'whenUnsatisfiable: Sometimes'],
  ['sizeLimit: 64Mi', 'sizeLimit: 64 MB'],
  ['image: api:1.0.0', 'tty: true'],
  ['value: info', 'value: 7'],
  ['fieldPath: metadata.name', 'fieldPath: metadata.nom'],
  ['containerPort: 8000', 'containerPort: 70000'],
  ['containerPort: 8000', 'containerPort: "8000"'],
  ['protocol: TCP }]\n          readiness', 'protocol: HTTP }]\n          readiness'],
  ['scheme: HTTP', 'scheme: http'],
  ['periodSeconds: 10', 'periodSeconds: -1'],
  ['tcpSocket: { port: 8000 }', 'tcpSocket: { port: 8000 }, exec: { command: [ls] }'],
  ['sleep: { seconds: 5 }', 'sleep: { seconds: 500 }'],
  ['cpu: 100m', 'cpu: 2'],
  ['memory: 128Mi', 'memory: lots'],
  ['volumeMounts: [{ name: tmp', 'volumeMounts: [{ name: data'],
  ['allowPrivilegeEscalation: false', 'allowPrivilegeEscalation: true'],
  ['drop: [ALL]', 'drop: [NET_RAW]'],
  ['type: ClusterIP', 'type: Cluster'],
  ['port: 80,', 'port: 0,'],
  ['ports: [{ name: http, port: 80, targetPort: http }]', 'ports: []'],
  ['minReplicas: 2', 'minReplicas: 6'],
  ['name: cpu, target: { type: Utilization', 'name: cpu, target: { type: Share'],
  ['policyTypes: [Ingress, Egress]', 'policyTypes: [Incoming]'],
  ['ports: [{ port: 8000, protocol: TCP }] }]\n', 'ports: [{ port: 8000, protocol: TCP, endPort: 7 }] }]\n'],
];

/** One change each; both judges say yes. */
const accepted: readonly (readonly [from: string, to: string])[] = [
  ['', ''],
  ['replicas: 2', 'replicas: 0'],
  ['maxSurge: 25%', 'maxSurge: 1'],
  ['port: http, scheme: HTTP', 'port: 8000'],
  ['sizeLimit: 64Mi', 'medium: Memory, sizeLimit: 1e6'],
  ['cpu: 100m', 'cpu: 0.1'],
  ['type: ClusterIP', 'clusterIP: None'],
  ['minReplicas: 2', 'minReplicas: 5'],
  ['port: 8000, protocol: TCP }] }]\n', 'port: 8000, endPort: 8002, protocol: TCP }] }]\n'],
];

/** k8s-validate with a real API server as its judge: where one of the two refuses a manifest, so does the other. */
describe('k8s-validate and the API server', () => {
  const cases = [...accepted, ...refused].map(([from, to], at) => ({
    project: `case-${at}`,
    from,
    to,
    passes: at < accepted.length,
    title: `${at < accepted.length ? 'accept' : 'refuse'} ${to.split('\n')[0] || 'the original'}`,
  }));
  let cluster: Cluster;
  let workspace: Workspace;

  beforeAll(() => {
    cluster = startCluster('k8s-validate');
    workspace = freshWorkspace('k8s-validate');
    const namespace = {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'judged', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    };
    expect(cluster.kubectl(['apply', '-f', '-'], JSON.stringify(namespace))).toMatchObject({ code: 0 });
    for (const { project, from, to } of cases) {
      const targets = { 'k8s-validate': { executor: 'toolbox:k8s-validate' } };
      workspace.write(`apps/${project}/project.json`, JSON.stringify({ name: project, targets }));
      workspace.write(`apps/${project}/k8s/api.yaml`, sound.replace(from, to));
    }
    workspace.nx(['run-many', '-t', 'k8s-validate', '--parallel=2', '--outputStyle=static'], cluster.env);
  });
  afterAll(() => {
    cluster.stop();
    workspace.remove();
  });

  it.each(cases)('both $title', ({ project, from, to, passes }) => {
    const manifests = sound.replace(from, to);
    expect(manifests === sound).toBe(from === '');
    const { passed, findings } = workspace.json<{
      passed: boolean;
      findings: readonly { state: string; id: string; path: string }[];
    }>(`dist/reports/${project}/k8s.json`);
    const blocking = findings
      .filter(({ state }) => state === 'blocks')
      .map(({ id, path }) => `${id} ${path}`);
    expect({ passed, blocking: passes ? blocking : [] }).toEqual({ passed: passes, blocking: [] });
    const { code, err } = cluster.kubectl(
      ['create', '--dry-run=server', '--validate=strict', '-f', '-'],
      manifests,
    );
    // Pod Security judges a Deployment's pods only when they are made: the server then warns.
    const isRefused = code !== 0 || /Warning: would violate PodSecurity/.test(err);
    expect({ isRefused, err: isRefused === passes ? err : '' }).toEqual({ isRefused: !passes, err: '' });
  });
});
