import type { Tree } from '@nx/devkit';
import { workspaceTree } from './fixture-tree';

/** A stack with every runtime, both backing services, a proxy with TLS, and values that differ per environment. */
const descriptions: Readonly<Record<string, string>> = {
  'apps/api': `runtime: fastapi
port: 8000
uid: 1001
uses: [postgres, redis]
calls: [reports]
expose: { host: app.example.com, path: /api }
resources: { cpu: 250m..1, memory: 256Mi..512Mi }
settings: { LOG_LEVEL: info }
secrets: [session-key]
env:
  dev: { settings: { LOG_LEVEL: debug } }
  staging: { scale: { min: 1 } }
  production:
    resources: { memory: 512Mi..1Gi }
    scale: { min: 3 }
    secrets: [session-key, payment-key]
`,
  'apps/edge': 'runtime: go\nport: 8300\nuid: 1002\nexpose: { host: app.example.com, path: /edge }\n',
  'apps/proxy': 'runtime: nginx\nport: 8080\nuid: 1003\nproxy: { tls: true }\n',
  'apps/reports': 'runtime: node\nport: 3000\nuid: 1004\nuses: [postgres]\noutside: [443]\n',
  'apps/tools': 'runtime: python\nport: 8100\nuid: 1005\nwrites: [/tmp, /var/cache/tools]\n',
  'apps/web': 'runtime: static\nport: 8081\nuid: 1006\nexpose: { host: app.example.com }\n',
  'apps/worker': 'runtime: celery\nport: 8200\nuid: 1007\nuses: [postgres, redis]\n',
};

const stack = `name: acme
registry: registry.example.com/acme
backing:
  postgres:
    resources: { memory: 256Mi..512Mi }
    env:
      production: { resources: { cpu: 1..2, memory: 1Gi..2Gi } }
`;

/** A workspace with that stack; `changes` replace descriptions by the folder of their project, null removes one. */
export function stackTree(changes: Readonly<Record<string, string | null>> = {}): Tree {
  const tree = workspaceTree({
    'infrastructure/project.json': '{ "name": "infrastructure" }',
    'infrastructure/toolbox.yaml': stack,
  });
  for (const [root, description] of Object.entries({ ...descriptions, ...changes })) {
    if (description === null) continue;
    if (root === 'infrastructure') tree.write('infrastructure/toolbox.yaml', description);
    else {
      tree.write(`${root}/project.json`, JSON.stringify({ name: root.replace(/^apps\//, '') }));
      tree.write(`${root}/toolbox.yaml`, description);
    }
  }
  return tree;
}
