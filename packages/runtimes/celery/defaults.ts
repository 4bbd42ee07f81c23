import type { RuntimeDefaults, ServiceRole } from '../../service/types';
import { pythonDefaults } from '../python/defaults';

/** Beat keeps in a file when it sent what; two beats would send everything twice. */
const roles: readonly ServiceRole[] = [
  { name: 'worker', command: ['worker'], single: false, writes: [] },
  { name: 'beat', command: ['beat'], single: true, writes: ['/var/lib/celery'] },
];

/** A new app answers HTTP from a thread of its own; an existing one, which does not, is asked for its heartbeat. */
export const defaults: RuntimeDefaults = {
  ...pythonDefaults,
  port: 8200,
  health: { live: { kind: 'http', path: '/health' }, ready: { kind: 'http', path: '/ready' } },
  settings: {
    ...pythonDefaults.settings,
    BEAT_SCHEDULE_PATH: '/var/lib/celery/schedule',
    HOST: '0.0.0.0',
  },
  build: { target: null, dependencies: 'locked', main: 'app.worker:app' },
  roles,
};
