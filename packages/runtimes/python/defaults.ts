import type { RuntimeDefaults } from '../../service/types';

/** What every runtime on Python has in common: versions that the catalogue has images of, bases, budgets and settings. */
export const pythonDefaults = {
  runtimeVersion: '3.13',
  runtimeVersions: ['3.13'],
  bases: ['distroless', 'slim', 'alpine'],
  // Python with its libraries is about 70 MB, Debian's slim base 80 MB, Alpine's 9 MB; the rest is the app's packages.
  budgets: { distroless: '200MB', slim: '280MB', alpine: '200MB' },
  // A read-only file system has no place for bytecode, and a log line in a buffer is lost when the process is killed.
  settings: { PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' },
  writes: ['/tmp'],
} as const satisfies Partial<RuntimeDefaults>;

export const defaults: RuntimeDefaults = {
  ...pythonDefaults,
  port: 8100,
  health: { live: { kind: 'http', path: '/health' }, ready: { kind: 'http', path: '/ready' } },
  settings: { ...pythonDefaults.settings, HOST: '0.0.0.0' },
  build: { target: null, dependencies: 'locked', main: 'app.main:app' },
};
