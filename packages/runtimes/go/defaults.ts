import type { RuntimeDefaults } from '../../service/types';

export const defaults: RuntimeDefaults = {
  port: 8200,
  // The version of Go that compiles: it compiles modules of every older one, too.
  runtimeVersion: '1.26',
  runtimeVersions: ['1.26'],
  bases: ['distroless', 'slim', 'alpine'],
  // A program with its traces, metrics and database clients is about 23 MB, Debian's slim base 80 MB, Alpine's 9 MB.
  budgets: { distroless: '40MB', slim: '140MB', alpine: '60MB' },
  health: { live: { kind: 'http', path: '/health' }, ready: { kind: 'http', path: '/ready' } },
  settings: { HOST: '0.0.0.0' },
  writes: ['/tmp'],
  build: { target: null, dependencies: 'locked', main: '.' },
};
