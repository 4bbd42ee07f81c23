import type { Service } from '../../service/types';
import { service as nodeService } from '../node/fixture-service';
import { nginxDefaults } from './defaults';

/** A resolved proxy for specs: nothing that a spec does not say is remarkable. */
export function service(changes: Partial<Service> = {}): Service {
  return nodeService({
    name: 'proxy',
    slug: 'proxy',
    root: 'apps/proxy',
    runtime: 'nginx',
    runtimeVersion: '1',
    base: 'alpine',
    image: { repository: 'acme/proxy' },
    port: 8080,
    health: { ...nginxDefaults.health, startSeconds: 30 },
    budget: { bytes: 50_000_000, text: '50MB', of: 'uncompressed' },
    settings: {},
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
  });
}
