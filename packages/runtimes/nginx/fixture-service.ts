import type { Service } from '../../service/types';
import { nginxDefaults } from './defaults';

/** A resolved service for specs: nothing that a spec does not say is remarkable. */
export function service(changes: Partial<Service> = {}): Service {
  return {
    name: 'proxy',
    slug: 'proxy',
    root: 'apps/proxy',
    runtime: 'nginx',
    runtimeVersion: '1',
    base: 'alpine',
    image: { repository: 'acme/proxy' },
    port: 8080,
    uid: 1001,
    gid: 1001,
    health: { ...nginxDefaults.health, startSeconds: 30 },
    uses: [],
    calls: [],
    expose: null,
    proxy: { tls: false, bodyLimit: '10m', timeout: '60s' },
    roles: [],
    resources: { cpu: { request: '100m', limit: '1' }, memory: { request: '128Mi', limit: '512Mi' } },
    scale: { min: 2, max: 10, cpu: 70, memory: 80 },
    writes: ['/tmp'],
    budget: { bytes: 50_000_000, text: '50MB', of: 'uncompressed' },
    slo: null,
    settings: {},
    secrets: [],
    build: {
      target: null,
      output: 'apps/proxy',
      main: 'nginx/nginx.conf',
      dependencies: 'bundled',
      lockfile: null,
      packageManager: 'npm',
    },
    environments: [],
    ...changes,
  };
}
