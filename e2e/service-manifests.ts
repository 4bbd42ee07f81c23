import type { Workspace } from './workspace';

/** How the manifests of a service differ from one deployment to the next. */
export interface Version {
  /** Value of the variable VERSION in its pods. */
  readonly version: string;
  /** What the cluster plays for its pods (tools/cluster/stages.yaml); default: they become ready. */
  readonly plays?: string;
  readonly replicas?: number;
  /** Limit of memory of each pod. */
  readonly memory?: string;
  /** The only node that may take its pods. */
  readonly node?: string;
  /** A ConfigMap beside it. */
  readonly more?: string;
}

/** Writes base and overlay `staging` of a service into the namespace `shop`. */
export function writeManifests(
  workspace: Workspace,
  { version, plays, replicas = 2, memory = '128Mi', node, more }: Version,
  name: string,
): void {
  const folder = `apps/${name}/k8s`;
  const annotations = plays === undefined ? '' : `, annotations: { cluster.test/plays: ${plays} }`;
  const files = {
    'overlays/staging/kustomization.yaml': 'namespace: shop\nresources: [../../base]\n',
    'base/kustomization.yaml': `resources: [api.yaml${more === undefined ? '' : ', more.yaml'}]\n`,
    'base/more.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${more ?? 'none'} }\n`,
    'base/api.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: ${replicas}
  strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} }${annotations} }
    spec:
      nodeSelector: { kubernetes.io/${node === undefined ? 'os: linux' : `hostname: ${node}`} }
      automountServiceAccountToken: false
      securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
      containers:
        - name: app
          image: shop/${name}:dev
          env: [{ name: VERSION, value: ${version} }]
          ports: [{ name: http, containerPort: 3000 }]
          readinessProbe: { httpGet: { path: /ready, port: http } }
          livenessProbe: { httpGet: { path: /health, port: http } }
          resources: { requests: { cpu: 100m, memory: 64Mi }, limits: { cpu: "1", memory: ${memory} } }
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: [ALL] } }
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec:
  selector: { app: ${name} }
  ports: [{ name: http, port: 80, targetPort: http }]
`,
  };
  for (const [file, text] of Object.entries(files)) workspace.write(`${folder}/${file}`, text);
}
