/** The stand-in for `redis`: Debian's server and client in the places of the official image. */
import { chmodSync, cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installDebian, runWithin } from './debian-package.mjs';
import { debianLayer } from './debian-root.mjs';
import { PATH, layer } from './layer.mjs';
import { machine } from './machine.mjs';

/** Raise it when this recipe changes what it makes. */
const RECIPE = 1;
const ENTRYPOINT = fileURLToPath(new URL('./redis/docker-entrypoint.sh', import.meta.url));
/** One program does what the name says that it is called by. */
const PROGRAMS = {
  'redis-benchmark': 'redis-benchmark',
  'redis-check-aof': 'redis-check-rdb',
  'redis-check-rdb': 'redis-check-rdb',
  'redis-cli': 'redis-cli',
  'redis-sentinel': 'redis-check-rdb',
  'redis-server': 'redis-check-rdb',
};

/** @returns {Promise<{ layers: object[], config: object }>} */
export async function redisImage(_image, log) {
  const debian = await debianLayer(log);
  const config = {
    Env: [PATH],
    Entrypoint: ['docker-entrypoint.sh'],
    Cmd: ['redis-server'],
    ExposedPorts: { '6379/tcp': {} },
    Volumes: { '/data': {} },
    WorkingDir: '/data',
  };
  return { layers: [debian, await redisLayer(debian, log)], config };
}

function redisLayer(debian, log) {
  const { arch } = machine();
  return layer(`redis-r${RECIPE}-${arch}`, (root) => {
    log("installing Debian's Redis");
    installDebian(root, debian, ['redis-tools'], {
      before: (system) => {
        const user = [
          '--system',
          '--uid',
          '999',
          '--gid',
          'redis',
          '--home-dir',
          '/data',
          '--no-create-home',
        ];
        runWithin(system, ['groupadd', '--system', '--gid', '999', 'redis']);
        runWithin(system, ['useradd', ...user, 'redis']);
      },
      after: (system) => {
        const bin = join(system, 'usr/local/bin');
        for (const [name, program] of Object.entries(PROGRAMS))
          symlinkSync(`/usr/bin/${program}`, join(bin, name));
        cpSync(ENTRYPOINT, join(bin, 'docker-entrypoint.sh'));
        chmodSync(join(bin, 'docker-entrypoint.sh'), 0o755);
        mkdirSync(join(system, 'data'));
        runWithin(system, ['chown', 'redis:redis', '/data']);
      },
    });
  });
}
