import { acmeStack, runtimeDefaults } from './fixture-arbitraries';
import { resolveService } from './resolve-service';
import type { ServiceDescription } from './service.gen';
import { wireServices } from './wire';

function service(name: string, description: Partial<ServiceDescription> = {}) {
  return resolveService(
    { runtime: 'node', ...description },
    { name, root: `apps/${name}` },
    acmeStack,
    runtimeDefaults,
    [],
  );
}

const wire = (...services: readonly ReturnType<typeof service>[]) =>
  wireServices(services, { name: 'acme-shop' }, ({ name }) => ({ proxiesExposed: name === 'proxy' }));

describe('wireServices', () => {
  test('settings and secrets of what a service uses', () => {
    const [api] = wire(service('api', { uses: ['postgres', 'redis'], secrets: ['token'] }));
    expect(api!.settings).toEqual({
      NODE_ENV: 'production',
      POSTGRES_DB: 'acme_shop',
      POSTGRES_HOST: 'postgres',
      POSTGRES_PASSWORD_FILE: '/run/secrets/postgres-password',
      POSTGRES_PORT: '5432',
      POSTGRES_USER: 'acme_shop',
      REDIS_HOST: 'redis',
      REDIS_PASSWORD_FILE: '/run/secrets/redis-password',
      REDIS_PORT: '6379',
    });
    expect(Object.keys(api!.settings)).toEqual(Object.keys(api!.settings).sort());
    expect(api!.secrets).toEqual(['postgres-password', 'redis-password', 'token']);
  });

  test('the description comes first', () => {
    const [api] = wire(service('api', { uses: ['redis'], settings: { REDIS_HOST: 'cache.example.com' } }));
    expect(api!.settings['REDIS_HOST']).toBe('cache.example.com');
  });

  test('addresses of what a service calls', () => {
    const [api] = wire(
      service('api', { calls: ['worker-api', 'gone'] }),
      service('worker-api', { port: 8123 }),
    );
    expect(api!.settings['WORKER_API_URL']).toBe('http://worker-api:8123');
    expect(Object.keys(api!.settings)).toHaveLength(2);
  });

  test('a proxy calls everything that is exposed, and gets no settings for it', () => {
    const expose = { host: 'example.com' };
    const [proxy, api, inner] = wire(
      service('proxy', { expose }),
      service('api', { expose }),
      service('inner'),
    );
    expect(proxy!.calls).toEqual(['api']);
    expect(proxy!.settings).toEqual({ NODE_ENV: 'production' });
    expect([api!.calls, inner!.calls]).toEqual([[], []]);
    expect(proxy!.secrets).toEqual([]);
    const [withTls] = wire(service('proxy', { proxy: { tls: true } }));
    expect(withTls!.secrets).toEqual(['tls-certificate', 'tls-key']);
  });
});
