/** The stand-in for `postgres`: Debian's server and clients, without the compiler for queries, and an entry point with the official contract. */
import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installDebian, runWithin } from './debian-package.mjs';
import { debianLayer } from './debian-root.mjs';
import { PATH, layer } from './layer.mjs';
import { machine } from './machine.mjs';

/** Raise it when this recipe changes what it makes. */
const RECIPE = 1;
const ENTRYPOINT = fileURLToPath(new URL('./postgres/docker-entrypoint.sh', import.meta.url));
const DATA = '/var/lib/postgresql/data';
/** LLVM is 130 MB for compiled queries, which the server does without where it is missing; a generated key is no key. */
const LEFT_OUT = [
  /^usr\/lib\/[^/]*\/libLLVM/,
  /^usr\/lib\/llvm/,
  /\/llvmjit/,
  /^usr\/lib\/postgresql\/\d+\/lib\/bitcode/,
  /ssl-cert-snakeoil/,
  /^etc\/ssl\/certs\/[0-9a-f]{8}\.0$/,
];

/** @returns {Promise<{ layers: object[], config: object }>} */
export async function postgresImage({ tag, version }, log) {
  const release = tag.split('-')[0];
  const debian = await debianLayer(log);
  const config = {
    Env: [
      `${PATH}:/usr/lib/postgresql/${version}/bin`,
      'LANG=en_US.utf8',
      `PG_MAJOR=${version}`,
      `PG_VERSION=${release}`,
      `PGDATA=${DATA}`,
    ],
    Entrypoint: ['docker-entrypoint.sh'],
    Cmd: ['postgres'],
    ExposedPorts: { '5432/tcp': {} },
    Volumes: { [DATA]: {} },
    StopSignal: 'SIGINT',
  };
  return { layers: [debian, await postgresLayer(version, release, debian, log)], config };
}

function postgresLayer(version, release, debian, log) {
  const { arch } = machine();
  return layer(`postgres-${release}-r${RECIPE}-${arch}`, (root) => {
    log(`installing Debian's PostgreSQL for ${release}`);
    const server = `postgresql-${version}`;
    const packages = [server, 'gosu', 'libnss-wrapper', 'locales', 'xz-utils', 'zstd'];
    installDebian(root, debian, packages, {
      before: (system) => {
        const group = ['--system', '--gid', '999', 'postgres'];
        const user = ['--system', '--uid', '999', '--gid', 'postgres', '--home-dir', '/var/lib/postgresql'];
        runWithin(system, ['groupadd', ...group]);
        runWithin(system, ['useradd', ...user, '--shell', '/bin/bash', 'postgres']);
        // The package makes a cluster of its own otherwise.
        mkdirSync(join(system, 'etc/postgresql-common'));
        writeFileSync(
          join(system, 'etc/postgresql-common/createcluster.conf'),
          'create_main_cluster = false\n',
        );
      },
      after: (system) => finish(system, version),
      leaveOut: LEFT_OUT,
    });
    addFolders(root);
    const installed = readFileSync(join(root, 'var/lib/dpkg/status'), 'utf8');
    const found = new RegExp(`^Package: ${server}\n[^]*?^Version: (\\d+\\.\\d+)`, 'm').exec(installed)?.[1];
    if (found !== release)
      throw new Error(`Debian has PostgreSQL ${found}, packages/images/catalogue.json pins ${release}.`);
  });
}

function finish(system, version) {
  runWithin(system, ['localedef', '-i', 'en_US', '-f', 'UTF-8', 'en_US.UTF-8']);
  appendFileSync(
    join(system, `usr/share/postgresql/${version}/postgresql.conf.sample`),
    "listen_addresses = '*'\n",
  );
  const bin = join(system, 'usr/local/bin');
  cpSync(ENTRYPOINT, join(bin, 'docker-entrypoint.sh'));
  chmodSync(join(bin, 'docker-entrypoint.sh'), 0o755);
  symlinkSync('/usr/sbin/gosu', join(bin, 'gosu'));
  mkdirSync(join(system, 'docker-entrypoint-initdb.d'));
}

/** Any user may be told to run it, and makes the cluster in the volume that starts as a copy of the data folder. */
function addFolders(root) {
  for (const [folder, mode] of [
    [DATA, 0o1777],
    ['/run/postgresql', 0o3777],
  ]) {
    const path = join(root, folder);
    mkdirSync(path, { recursive: true });
    chownSync(path, 999, 999);
    chmodSync(path, mode);
  }
}
