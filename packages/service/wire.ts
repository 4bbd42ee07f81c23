import type { RuntimeDefaults, Service, Stack } from './types';

/** What a service that uses a backing service gets: settings by environment variable, and secrets as files. */
interface Wiring {
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** Folder of the files that hold secrets, in every container. */
export const secretsFolder = '/run/secrets';

/** A backing service answers under its own name on every network that it is on. */
const wirings: Readonly<Record<string, (stack: Pick<Stack, 'name'>) => Wiring>> = {
  postgres: ({ name }) => {
    // A name that needs no quotes in SQL.
    const database = name.replaceAll('-', '_');
    return {
      settings: {
        POSTGRES_HOST: 'postgres',
        POSTGRES_PORT: '5432',
        POSTGRES_DB: database,
        POSTGRES_USER: database,
        POSTGRES_PASSWORD_FILE: `${secretsFolder}/postgres-password`,
      },
      secrets: ['postgres-password'],
    };
  },
  redis: () => ({
    settings: {
      REDIS_HOST: 'redis',
      REDIS_PORT: '6379',
      REDIS_PASSWORD_FILE: `${secretsFolder}/redis-password`,
    },
    secrets: ['redis-password'],
  }),
};

/**
 * Gives every service the settings and secrets of what it uses and calls; what its description says of them comes first. A service that
 * proxies calls everything that is exposed. Pure; services keep their order.
 * @param runtimeOf defaults of a service's runtime
 */
export function wireServices(
  services: readonly Service[],
  stack: Pick<Stack, 'name'>,
  runtimeOf: (service: Service) => Pick<RuntimeDefaults, 'proxiesExposed'>,
): readonly Service[] {
  const exposed = services.filter(({ expose }) => expose !== null).map(({ name }) => name);
  return services.map((service) => {
    const isProxy = runtimeOf(service).proxiesExposed ?? false;
    const proxied = isProxy ? exposed.filter((name) => name !== service.name) : [];
    const certificate = isProxy && service.proxy.tls ? ['tls-certificate', 'tls-key'] : [];
    const used = service.uses.flatMap((name) => wirings[name]?.(stack) ?? []);
    const settings = Object.assign(
      {},
      ...used.map((wiring) => wiring.settings),
      // Who proxies has the addresses in its configuration.
      Object.fromEntries(service.calls.flatMap((name) => addressOf(name, services))),
      service.settings,
    ) as Record<string, string>;
    return {
      ...service,
      calls: unique([...service.calls, ...proxied]),
      settings: Object.fromEntries(Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1))),
      secrets: unique([...service.secrets, ...certificate, ...used.flatMap(({ secrets }) => secrets)]),
    };
  });
}

/** `WORKER_API_URL: http://worker-api:8000`; none for a service that is not there, which checkStack reports. */
function addressOf(name: string, services: readonly Service[]): readonly (readonly [string, string])[] {
  const called = services.find((service) => service.name === name);
  if (!called) return [];
  return [[`${called.slug.replaceAll('-', '_').toUpperCase()}_URL`, `http://${called.slug}:${called.port}`]];
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}
