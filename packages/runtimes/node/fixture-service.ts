import type { Service } from '../../service/types';

/** A resolved service for specs: nothing that a spec does not say is remarkable. */
export function service(changes: Partial<Service> = {}): Service {
  return {
    name: 'api',
    slug: 'api',
    root: 'apps/api',
    runtime: 'node',
    runtimeVersion: '24',
    base: 'distroless',
    image: { repository: 'acme/api' },
    port: 3000,
    uid: 1001,
    gid: 1001,
    health: {
      live: { kind: 'http', path: '/health' },
      ready: { kind: 'http', path: '/ready' },
      startSeconds: 30,
    },
    uses: [],
    calls: [],
    outside: [],
    expose: null,
    proxy: { tls: false, bodyLimit: '10m', timeout: '60s' },
    roles: [],
    resources: { cpu: { request: '100m', limit: '1' }, memory: { request: '128Mi', limit: '512Mi' } },
    scale: { min: 2, max: 10, cpu: 70, memory: 80 },
    writes: ['/tmp'],
    budget: { bytes: 200_000_000, text: '200MB', of: 'uncompressed' },
    slo: null,
    settings: { HOST: '0.0.0.0', NODE_ENV: 'production' },
    secrets: [],
    build: {
      target: 'build',
      output: 'dist/apps/api',
      main: 'main.cjs',
      dependencies: 'bundled',
      lockfile: null,
      packageManager: 'npm',
    },
    environments: ['staging', 'production'],
    ...changes,
  };
}
