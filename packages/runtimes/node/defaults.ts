import type { RuntimeDefaults } from '../../service/types';

/** Majors of Node.js that the catalogue has images of; the default is the active long-term one. */
export const defaults: RuntimeDefaults = {
  port: 3000,
  runtimeVersion: '24',
  runtimeVersions: ['22', '24', '26'],
  bases: ['distroless', 'slim', 'alpine'],
  // Node.js with its libraries is about 130 MB, Debian's slim base 80 MB, Alpine's 9 MB; the rest is the app's.
  budgets: { distroless: '200MB', slim: '280MB', alpine: '200MB' },
  health: { live: { kind: 'http', path: '/health' }, ready: { kind: 'http', path: '/ready' } },
  settings: { HOST: '0.0.0.0', NODE_ENV: 'production' },
  writes: ['/tmp'],
};
