import type { RuntimeDefaults } from '../../service/types';

/** What every image with nginx has. Ports below 1024 are not for users without privileges. */
export const nginxDefaults: RuntimeDefaults = {
  port: 8080,
  runtimeVersion: '1',
  runtimeVersions: ['1'],
  bases: ['alpine'],
  // nginx with Alpine is 15 to 20 MB; the rest is the files that it serves.
  budgets: { alpine: '50MB', slim: '50MB', distroless: '50MB' },
  health: { live: { kind: 'http', path: '/health' }, ready: { kind: 'http', path: '/health' } },
  settings: {},
  // Its process id, its buffers, and what is written at the start.
  writes: ['/tmp'],
  build: { target: null, dependencies: 'bundled', main: 'nginx/nginx.conf' },
};

/** A reverse proxy in front of the exposed services. */
export const defaults: RuntimeDefaults = { ...nginxDefaults, proxiesExposed: true };
