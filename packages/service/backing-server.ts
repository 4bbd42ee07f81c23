import { quantityValue } from './quantity';
import type { BackingName, BackingService, Stack } from './types';
import { secretsFolder } from './wire';

/** How a backing service's official image is run, whatever runs it. Texts are as a shell reads them. */
export interface BackingServer {
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  /** Where its data lies. */
  readonly data: string;
  /** Paths that it writes beside its data. */
  readonly writes: readonly string[];
  /** Size of `/dev/shm` where the usual 64 MB are too few, e.g. `128M`. */
  readonly shared?: string;
  /** Shell command that asks the server as its users do: with the password. */
  readonly check: string;
}

const password = (name: BackingName) => `"$(cat ${secretsFolder}/${name}-password)"`;

const servers: Readonly<Record<BackingName, (stack: Stack, service: BackingService) => BackingServer>> = {
  postgres({ name }) {
    // As the services' own settings have it: see wire.ts.
    const database = name.replaceAll('-', '_');
    return {
      environment: {
        POSTGRES_DB: database,
        // The official default trusts every connection from within the container.
        POSTGRES_INITDB_ARGS: '--auth=scram-sha-256',
        POSTGRES_PASSWORD_FILE: `${secretsFolder}/postgres-password`,
        POSTGRES_USER: database,
      },
      data: '/var/lib/postgresql/data',
      writes: ['/tmp', '/var/run/postgresql'],
      shared: '128M',
      check: `PGPASSWORD=${password('postgres')} psql -h 127.0.0.1 -U ${database} -d ${database} -tAc 'SELECT 1'`,
    };
  },
  redis(_, { resources }) {
    // The rest is for buffers, and for the copy that a rewrite of the log needs.
    const mebibytes = Math.floor((quantityValue(resources.memory.limit) * 0.6) / 2 ** 20);
    const options = [
      '--dir /data --appendonly yes',
      // What was acknowledged is on the disk.
      '--appendfsync always --save ""',
      // A full queue refuses new work; dropping what is in it would lose work.
      `--maxmemory ${Math.max(1, mebibytes)}mb --maxmemory-policy noeviction`,
    ].join(' ');
    return {
      // In a file only Redis reads: arguments of a process can be seen by everybody on the machine.
      command: [
        'sh',
        '-c',
        `umask 077; printf 'requirepass "%s"\\n' ${password('redis')} > /tmp/redis.conf; exec redis-server /tmp/redis.conf ${options}`,
      ],
      data: '/data',
      writes: ['/tmp'],
      check: `REDISCLI_AUTH=${password('redis')} redis-cli ping | grep -qx PONG`,
    };
  },
};

/** The server of a backing service as it is in the service's environment. */
export function serverOf(service: BackingService, stack: Stack): BackingServer {
  return servers[service.name](stack, service);
}
