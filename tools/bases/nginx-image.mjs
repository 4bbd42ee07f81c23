/** The stand-in for `nginx:…-alpine-slim`: Debian's nginx in the layout of the official image. */
import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addAccount } from './accounts.mjs';
import { alpineLayer } from './alpine-root.mjs';
import { alpineRelease } from './catalogue.mjs';
import { extractPackages, inWorkFolder } from './debian-package.mjs';
import { debianLayer } from './debian-root.mjs';
import { addGlibc, addLibraries } from './glibc.mjs';
import { PATH, layer } from './layer.mjs';
import { machine } from './machine.mjs';

/** Raise it when this recipe changes what it makes. */
const RECIPE = 1;
const OWN = fileURLToPath(new URL('./nginx', import.meta.url));
/** What Debian's nginx is linked with beside libc, and the Alpine-like base lacks. */
const LIBRARIES = ['libcrypt.so.1', 'libpcre2-8.so.0', 'libz.so.1', 'libzstd.so.1'];
const ACCOUNT = { name: 'nginx', id: 101, home: '/var/cache/nginx', shell: '/sbin/nologin' };

/** @returns {Promise<{ layers: object[], config: object }>} */
export async function nginxImage({ tag }, log) {
  const debian = await debianLayer(log);
  const alpine = await alpineLayer(alpineRelease(tag), debian);
  const config = {
    Env: [PATH],
    Entrypoint: ['/docker-entrypoint.sh'],
    Cmd: ['nginx', '-g', 'daemon off;'],
    ExposedPorts: { '80/tcp': {} },
    StopSignal: 'SIGQUIT',
    WorkingDir: '/',
  };
  return { layers: [alpine, await nginxLayer(alpine, debian, log)], config };
}

function nginxLayer(alpine, debian, log) {
  const { arch } = machine();
  return layer(`nginx-alpine-r${RECIPE}-${arch}`, (root) => {
    log("unpacking Debian's nginx");
    addGlibc(root, debian, []);
    addLibraries(root, debian, LIBRARIES, 'usr/lib');
    addAccount(root, alpine, ACCOUNT);
    addProgram(root);
    for (const [name, path, mode] of [
      ['nginx.conf', 'etc/nginx/nginx.conf', 0o644],
      ['default.conf', 'etc/nginx/conf.d/default.conf', 0o644],
      ['docker-entrypoint.sh', 'docker-entrypoint.sh', 0o755],
    ]) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      cpSync(join(OWN, name), join(root, path));
      chmodSync(join(root, path), mode);
    }
    mkdirSync(join(root, 'docker-entrypoint.d'));
    addFolders(root);
  });
}

function addProgram(root) {
  inWorkFolder((content) => {
    extractPackages(['nginx', 'nginx-common'], content);
    for (const path of [
      'usr/sbin/nginx',
      'usr/share/nginx/html',
      ...['mime.types', 'fastcgi_params', 'scgi_params', 'uwsgi_params'].map((name) => `etc/nginx/${name}`),
    ])
      cpSync(join(content, path), join(root, path), { recursive: true });
  });
  writeFileSync(
    join(root, 'usr/share/nginx/html/50x.html'),
    '<!doctype html><title>Error</title><h1>Error</h1>\n',
  );
}

/** Logs go to the container's output. Debian's build keeps its temporary files elsewhere: a link leads to the official place. */
function addFolders(root) {
  for (const folder of ['var/cache/nginx', 'var/log/nginx', 'var/lib', 'usr/lib/nginx/modules'])
    mkdirSync(join(root, folder), { recursive: true });
  symlinkSync('/var/cache/nginx', join(root, 'var/lib/nginx'));
  symlinkSync('/dev/stdout', join(root, 'var/log/nginx/access.log'));
  symlinkSync('/dev/stderr', join(root, 'var/log/nginx/error.log'));
  symlinkSync('/usr/lib/nginx/modules', join(root, 'etc/nginx/modules'));
}
