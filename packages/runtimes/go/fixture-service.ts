import type { Service } from '../../service/types';
import { service as nodeService } from '../node/fixture-service';

/** A resolved Go service for specs. */
export function service(changes: Partial<Service> = {}): Service {
  return nodeService({
    runtime: 'go',
    runtimeVersion: '1.26',
    port: 8200,
    settings: { HOST: '0.0.0.0' },
    build: {
      target: null,
      output: 'apps/api',
      main: '.',
      dependencies: 'locked',
      lockfile: null,
      packageManager: 'npm',
    },
    ...changes,
  });
}
