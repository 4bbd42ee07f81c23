import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Exposure, Service } from '../../service/types';
import { service } from './fixture-service';
import { renderImage } from './render-image';
import { routesOf } from './routes';

const folder = join(__dirname, 'golden');

function exposed(name: string, port: number, expose: Partial<Exposure> = {}): Service {
  const usual = { host: 'app.example.com', path: '/', webSocket: false, rateLimit: null, stripPath: false };
  return service({
    name,
    slug: name,
    root: `apps/${name}`,
    runtime: 'node',
    port,
    expose: { ...usual, ...expose },
  });
}

const services = [
  exposed('web', 8081),
  exposed('api', 8000, { path: '/api', rateLimit: '20r/s', stripPath: true }),
  exposed('chat', 3000, { path: '/api/v1.0/chat/', webSocket: true }),
  exposed('admin', 3001, { host: 'admin.example.com', path: '/admin' }),
  service({ name: 'inner', slug: 'inner', port: 3002 }),
];

/** Compares with the file on disk; TOOLBOX_GOLDEN=write makes it. */
function expectGolden(name: string, content: string): void {
  const file = join(folder, name);
  if (process.env['TOOLBOX_GOLDEN'] === 'write') {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, content);
  }
  expect([name, existsSync(file) ? readFileSync(file, 'utf8') : null]).toEqual([name, content]);
}

it.each<[string, Service, readonly Service[]]>([
  ['plain', service(), services],
  ['tls', service({ proxy: { tls: true, bodyLimit: '1m', timeout: '30s' } }), services],
  ['nothing-exposed', service(), [service()]],
])('renders %s as its golden files', (name, proxy, all) => {
  for (const { path, content, ownership } of renderImage(proxy, {}, { services: [proxy, ...all] })) {
    expect(ownership).toBe('generated');
    expectGolden(`${name}.${basename(path)}`, content);
  }
});

describe('routesOf', () => {
  const [admin, app] = routesOf(service(), services);

  it('groups by host, the longest prefix first', () => {
    expect([admin?.name, app?.name]).toEqual(['admin.example.com', 'app.example.com']);
    expect(app?.routes.map(({ prefix }) => prefix)).toEqual(['/api/v1.0/chat', '/api', '']);
  });

  it('never routes to the proxy itself', () => {
    const self = exposed('proxy', 8080);
    expect(routesOf(self, [self])).toEqual([]);
  });

  it.each([
    ['20r/s', 40],
    ['300r/m', 10],
    ['1r/s', 10],
  ])('lets the requests of two seconds of %s come at once, at least ten', (rateLimit, burst) => {
    const [host] = routesOf(service(), [exposed('api', 1, { rateLimit })]);
    expect(host?.routes[0]).toMatchObject({ rate: rateLimit, burst });
  });
});

it("lets no header of a caller reach a service that it could take for the proxy's own", () => {
  const [main] = renderImage(service(), {}, { services });
  const sent = Object.fromEntries(
    [...(main?.content ?? '').matchAll(/proxy_set_header (\S+) (\S+);/g)].map(([, name, value]) => [
      name,
      value,
    ]),
  );
  expect(sent).toMatchObject({
    'X-Forwarded-For': '$remote_addr',
    'X-Forwarded-Host': '$host',
    Forwarded: '""',
  });
  // Upgrade: h2c would be a tunnel past the routes and their limits.
  expect(sent).toMatchObject({ Upgrade: '$upgrade_header', Connection: '$connection_header' });
  expect(main?.content).toContain('default "";\n    "~*^websocket$" websocket;');
});

it.each(['plain', 'tls'])(
  'has the request id on every answer (%s): add_header of a server hides those above',
  (name) => {
    const proxy = service({ proxy: { tls: name === 'tls', bodyLimit: '1m', timeout: '30s' } });
    for (const { path, content } of renderImage(proxy, {}, { services }).filter((file) =>
      file.path.endsWith('.conf'),
    ))
      for (const server of content.split(/^\s*server \{$/m).slice(path.endsWith('/nginx.conf') ? 0 : 1))
        if (server.includes('add_header')) expect(server).toContain('add_header X-Request-ID');
  },
);

it('takes an image that the plugin options name', () => {
  const images = { 'nginx-alpine': 'mirror.example.com/nginx:1' };
  const dockerfile = renderImage(service(), images).find(({ path }) => path.endsWith('Dockerfile'));
  expect(dockerfile?.content).toContain('ARG NGINX_IMAGE=mirror.example.com/nginx:1\n');
});
