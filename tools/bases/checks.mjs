/** What generated Dockerfiles, Compose files and manifests rely on in each base image: a command, and what it has to print. */

/** By the catalogue's `family`. */
export const FAMILY_CHECKS = {
  slim: debianChecks(),
  debian: debianChecks(),
  alpine: [
    ['Alpine', ['cat', '/etc/os-release'], /^ID=alpine$/m],
    [
      'accounts can be added',
      ['sh', '-c', 'addgroup -g 1001 app && adduser -u 1001 -G app -S -D -H app && id app'],
      /uid=1001\(app\) gid=1001\(app\)/,
    ],
    ['package database', ['cat', '/lib/apk/db/installed'], /^P:/m],
  ],
};

/** By the catalogue's `runtime`; each takes the image's entry. */
export const RUNTIME_CHECKS = {
  go: goChecks,
  nginx: nginxChecks,
  node: nodeChecks,
  postgres: postgresChecks,
  python: pythonChecks,
  redis: redisChecks,
};

function debianChecks() {
  return [
    ['Debian', ['cat', '/etc/os-release'], /^ID=debian$/m],
    ['package database', ['dpkg-query', '-W', 'libc6'], /^libc6/],
    ['shell and ldd', ['bash', '-c', 'ldd /bin/ls'], /libc\.so\.6 => \//],
  ];
}

/** A native library is loaded by running node at all; a time zone and TLS by what follows. */
function nodeChecks({ tag, version: major }) {
  const version = tag.split('-')[0];
  return [
    ['node', ['node', '-p', 'process.version'], new RegExp(`^v${version}$`, 'm')],
    ['entry point takes options', ['-p', '40 + 2'], /^42$/m],
    ['npm', ['npm', '--version'], /^\d+\.\d+\.\d+/m],
    ['shared libraries', ['ldd', '/usr/local/bin/node'], /libstdc\+\+\.so\.6 => \//],
    ['certificates built in', ['-p', "require('node:tls').rootCertificates.length > 100"], /^true$/m],
    [
      'user node',
      ['sh', '-c', 'id node; echo $NODE_VERSION'],
      new RegExp(`uid=1000\\(node\\) gid=1000\\(node\\)[^]*${version}`),
    ],
    ...(Number(major) < 26
      ? [
          ['yarn', ['sh', '-c', 'yarn --version; echo $YARN_VERSION'], /^1\.22\.\d+\n1\.22/m],
          ['corepack', ['corepack', '--version'], /^\d+\.\d+/m],
        ]
      : [['no yarn, no corepack', ['sh', '-c', 'command -v yarn corepack || echo none'], /^none$/m]]),
  ];
}

function pythonChecks({ version: minor, family }) {
  const packages = `/usr/local/lib/python${minor}/site-packages`;
  const modules =
    'import bz2, ctypes, curses, dbm.ndbm, lzma, readline, sqlite3, ssl, uuid, zlib, zoneinfo; ' +
    "zoneinfo.ZoneInfo('Europe/Berlin'); print(len(ssl.create_default_context().get_ca_certs()) > 100)";
  const settings =
    "import site, sys, sysconfig; print(sys.prefix, sysconfig.get_path('purelib'), site.getsitepackages()[0])";
  return [
    ['python', ['python', '--version'], new RegExp(`^Python ${minor}\\.`, 'm')],
    ['python3', ['python3', '--version'], new RegExp(`^Python ${minor}\\.`, 'm')],
    ['extension modules, certificates, time zones', ['python', '-c', modules], /^True$/m],
    [
      'packages go to site-packages',
      ['python', '-c', settings],
      new RegExp(`^/usr/local ${packages} ${packages}$`, 'm'),
    ],
    ['pip', ['pip', '--version'], new RegExp(`^pip .* from ${packages}/pip `, 'm')],
    ['pip may install', ['pip', 'install', '--no-index', 'pip'], /already satisfied/],
    [
      'a virtual environment has pip',
      ['sh', '-c', 'python -m venv /tmp/v && /tmp/v/bin/pip --version'],
      new RegExp(` from /tmp/v/lib/python${minor}/site-packages/pip `),
    ],
    ['library', ['sh', '-c', `ls /usr/local/lib/libpython${minor}.so.1.0`], /libpython/],
    ...(family === 'slim'
      ? [
          [
            'libraries belong to packages',
            [
              'sh',
              '-c',
              'dpkg-query --search $(find /usr/lib -name "libsqlite3.so.0" -o -name "libffi.so.8")',
            ],
            /^libffi8[^]*^libsqlite3-0|^libsqlite3-0[^]*^libffi8/m,
          ],
        ]
      : []),
  ];
}

function goChecks({ tag }) {
  const version = tag.split('-')[0];
  const build = `mkdir /tmp/app && cd /tmp/app && printf 'module app\\ngo ${version}\\n' >go.mod && printf 'package main\\nimport "net/http"\\nfunc main() { println(http.StatusOK) }\\n' >main.go && CGO_ENABLED=0 go build -trimpath -o app . && ./app 2>&1`;
  return [
    ['go', ['go', 'version'], new RegExp(`^go version go${version} `)],
    [
      'settings',
      ['sh', '-c', 'go env GOROOT GOPATH GOTOOLCHAIN; pwd; echo $GOLANG_VERSION'],
      new RegExp(`^/usr/local/go\n/go\nlocal\n/go\n${version}$`, 'm'),
    ],
    ['a program builds', ['sh', '-c', build], /^200$/m],
    ['git', ['git', '--version'], /^git version/],
    ['certificates', ['sh', '-c', 'grep -c BEGIN /etc/ssl/certs/ca-certificates.crt'], /^\d{3}$/m],
  ];
}

function nginxChecks() {
  const serve = (pages) =>
    `nginx && wget -qO- http://127.0.0.1/${pages} && nginx -s quit && ls /etc/nginx/conf.d /docker-entrypoint.d`;
  return [
    ['configuration', ['sh', '-c', 'nginx -t 2>&1'], /test is successful/],
    ['serves, and wget asks', ['sh', '-c', serve('')], /<html[^]*default\.conf/],
    [
      'modules',
      ['sh', '-c', 'nginx -V 2>&1'],
      /^(?=[^]*http_ssl_module)(?=[^]*http_v2_module)(?=[^]*http_realip_module)(?=[^]*http_gzip_static_module)(?=[^]*http_stub_status_module)(?=[^]*http_sub_module)(?=[^]*http_auth_request_module)/,
    ],
    ['user nginx', ['sh', '-c', 'id nginx'], /uid=101\(nginx\) gid=101\(nginx\)/],
    ['types', ['sh', '-c', 'cat /etc/nginx/mime.types'], /text\/html/],
    ['logs go to the container', ['readlink', '/var/log/nginx/access.log'], /^\/dev\/stdout$/m],
  ];
}

function postgresChecks({ version }) {
  const start = 'POSTGRES_DB=shop docker-entrypoint.sh postgres >/tmp/log 2>&1 & ';
  const wait = 'for i in $(seq 100); do pg_isready -q -h 127.0.0.1 && break; sleep 0.2; done; ';
  const ask =
    'export PGPASSWORD=$(cat /tmp/password); psql -h 127.0.0.1 -U postgres -d shop -Atc "select current_database(), current_setting(\'password_encryption\')" || cat /tmp/log';
  const file = 'printf secret >/tmp/password; export POSTGRES_PASSWORD_FILE=/tmp/password; ';
  return [
    ['server', ['postgres', '--version'], new RegExp(`\\(PostgreSQL\\) ${version}\\.\\d+`)],
    ['a database is made', ['bash', '-c', file + start + wait + ask], /^shop\|scram-sha-256$/m],
    [
      'clients',
      ['bash', '-c', 'pg_dump --version; pg_restore --version; echo $PGDATA; which postgres'],
      new RegExp(
        `pg_dump[^]*pg_restore[^]*/var/lib/postgresql/data\n/usr/lib/postgresql/${version}/bin/postgres`,
      ),
    ],
    ['user postgres', ['id', 'postgres'], /uid=999\(postgres\) gid=999\(postgres\)/],
    [
      'a password is asked for',
      ['bash', '-c', 'docker-entrypoint.sh postgres 2>&1 || true'],
      /POSTGRES_PASSWORD/,
    ],
  ];
}

function redisChecks({ version }) {
  const start = 'docker-entrypoint.sh --requirepass secret >/tmp/log 2>&1 & ';
  const ask =
    'for i in $(seq 50); do REDISCLI_AUTH=secret redis-cli ping 2>/dev/null && break; sleep 0.1; done; redis-cli ping 2>&1; cat /proc/$!/status';
  return [
    ['server', ['redis-server', '--version'], new RegExp(`v=${version}\\.`)],
    ['bare options start it, not as root', ['sh', '-c', start + ask], /PONG[^]*NOAUTH[^]*Uid:\s+999\s/],
    ['places', ['sh', '-c', 'pwd; ls /usr/local/bin'], /^\/data\n[^]*redis-cli[^]*redis-server/],
    ['user redis', ['id', 'redis'], /uid=999\(redis\) gid=999\(redis\)/],
  ];
}
