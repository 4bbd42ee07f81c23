import { imageReference } from '../../packages/images/catalogue';
import { quantityValue } from '../../packages/service/quantity';
import type { BackingName, BackingService, Stack } from '../../packages/service/types';
import { secretsFolder } from '../../packages/service/wire';
import type { ComposeService } from './compose-file';
import { hardened, limits, tmpfs } from './hardening';
import type { ComposeTopology } from './topology';

/** What differs between the servers. */
type Own = Pick<ComposeService, 'environment' | 'command' | 'shm_size'> & {
  readonly volume: string;
  readonly writes: readonly string[];
  /** Shell command that asks the server as its users do: with the password. */
  readonly check: string;
};

const password = (name: BackingName) => `"$$(cat ${secretsFolder}/${name}-password)"`;

const servers: Readonly<Record<BackingName, (stack: Stack, service: BackingService) => Own>> = {
  postgres({ name }) {
    // As the services' own settings have it: see packages/service/wire.ts.
    const database = name.replaceAll('-', '_');
    return {
      environment: {
        POSTGRES_DB: database,
        // The official default trusts every connection from within the container.
        POSTGRES_INITDB_ARGS: '--auth=scram-sha-256',
        POSTGRES_PASSWORD_FILE: `${secretsFolder}/postgres-password`,
        POSTGRES_USER: database,
      },
      volume: 'postgres-data:/var/lib/postgresql/data',
      writes: ['/tmp', '/var/run/postgresql'],
      shm_size: '128M',
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
      volume: 'redis-data:/data',
      writes: ['/tmp'],
      check: `REDISCLI_AUTH=${password('redis')} redis-cli ping | grep -qx PONG`,
    };
  },
};

/** The entry of a backing service, as every environment has it. `images` replace the catalogue's references. */
export function backingEntry(
  service: BackingService,
  stack: Stack,
  topology: ComposeTopology,
  images: Readonly<Record<string, string>>,
): ComposeService {
  const { volume, writes, check, ...own } = servers[service.name](stack, service);
  return {
    ...hardened,
    ...own,
    image: imageReference(service.image, images),
    volumes: [volume],
    secrets: [`${service.name}-password`],
    networks: topology.networksOf(service.name),
    healthcheck: {
      test: ['CMD-SHELL', check],
      interval: '10s',
      timeout: '5s',
      retries: 3,
      start_period: '60s',
    },
    user: `${service.uid}:${service.uid}`,
    tmpfs: tmpfs(writes, service.uid, service.uid),
    // Time for a last checkpoint.
    stop_grace_period: '60s',
    ...limits(service.resources),
  };
}

/** What differs in an environment: the limits, and what the server has to know of them. The image makes the file hold alone. */
export function backingOverlay(
  service: BackingService,
  common: BackingService,
  stack: Stack,
  images: Readonly<Record<string, string>>,
): ComposeService {
  const [command, before] = [service, common].map((one) => servers[one.name](stack, one).command);
  const isSame = JSON.stringify(command) === JSON.stringify(before);
  return {
    image: imageReference(service.image, images),
    ...(isSame ? {} : { command }),
    ...limits(service.resources),
  };
}
