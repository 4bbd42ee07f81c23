import type { RuntimeDefaults } from '../../service/types';
import { pythonDefaults } from '../python/defaults';

export const defaults: RuntimeDefaults = {
  ...pythonDefaults,
  port: 8000,
  health: { live: { kind: 'http', path: '/health' }, ready: { kind: 'http', path: '/ready' } },
  settings: { ...pythonDefaults.settings, HOST: '0.0.0.0' },
  build: { target: null, dependencies: 'locked', main: 'app.main:app' },
};
