import { service as nodeService } from '../node/fixture-service';
import type { Service } from '../../service/types';
import { pythonDefaults } from './defaults';

/** A resolved service on Python for specs: nothing that a spec does not say is remarkable. */
export function service(changes: Partial<Service> = {}): Service {
  return nodeService({
    runtime: 'python',
    runtimeVersion: '3.13',
    port: 8100,
    settings: { ...pythonDefaults.settings, HOST: '0.0.0.0' },
    build: {
      target: null,
      output: 'apps/api',
      main: 'app.main:app',
      dependencies: 'locked',
      lockfile: 'apps/api/uv.lock',
      packageManager: 'npm',
    },
    ...changes,
  });
}
