import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { service } from '../nginx/fixture-service';
import { renderImage } from './render-image';

const site = service({
  name: 'web',
  slug: 'web',
  root: 'apps/web',
  runtime: 'static',
  build: {
    target: 'build',
    output: 'dist/apps/web',
    main: 'index.html',
    dependencies: 'bundled',
    lockfile: null,
    packageManager: 'npm',
  },
});

it('renders its golden files; TOOLBOX_GOLDEN=write makes them', () => {
  for (const { path, content } of renderImage(site)) {
    const file = join(__dirname, 'golden', basename(path));
    if (process.env['TOOLBOX_GOLDEN'] === 'write') {
      mkdirSync(join(__dirname, 'golden'), { recursive: true });
      writeFileSync(file, content);
    }
    expect([file, existsSync(file) ? readFileSync(file, 'utf8') : null]).toEqual([file, content]);
  }
});

it('has every header at one level: a location with one of its own would lose all the others', () => {
  const config = renderImage(site).find(({ path }) => path.endsWith('nginx.conf'))?.content ?? '';
  const locations = [...config.matchAll(/location [^{]*\{([^}]*)\}/g)].map(([, body]) => body);
  expect(locations.length).toBeGreaterThan(4);
  expect(locations.filter((body) => body?.includes('add_header'))).toEqual([]);
});

/** The map of nginx.conf as nginx reads it: names first, then patterns in their order. */
function cacheControl(path: string): string | undefined {
  const config = renderImage(site).find((file) => file.path.endsWith('nginx.conf'))?.content ?? '';
  const [, body = ''] =
    /map \$uri \$cache_control \{\n([^}]*(?:\{[0-9,]+\}[^}]*)*)\n {2}\}/.exec(config) ?? [];
  const rules = [...body.matchAll(/^ {4}(?:"~(.*)"|(\S+)) "(.*)";$/gm)];
  const named = rules.find(([, , name]) => name === path);
  const matched = rules.find(([, pattern]) => pattern !== undefined && new RegExp(pattern).test(path));
  return (named ?? matched ?? rules.find(([, , name]) => name === 'default'))?.[3];
}

const year = 'public, max-age=31536000, immutable';
const hour = 'public, max-age=3600';
it.each([
  // as Vite, webpack, Angular and Next name them
  ['/assets/index-DiwrgTda.js', year],
  ['/assets/index-D7Yqi00m.css', year],
  ['/assets/deep/logo-B3xk_0Qp.svg', year],
  ['/static/js/main.8d1f9b2c.js', year],
  ['/static/js/453.8beb3b2f.chunk.js', year],
  ['/main-5YQ2KAWX.js', year],
  ['/polyfills.1a2b3c4d5e6f7a8b.js', year],
  ['/_next/static/chunks/main-app.js', year],
  // names that people give: other content may come under them
  ['/firebase-messaging-sw.js', 'no-cache'],
  ['/service-worker.js', 'no-cache'],
  ['/my-component-styles.css', 'no-cache'],
  ['/report-20240101.js', 'no-cache'],
  ['/assets/i18n/translations.json', 'no-cache'],
  ['/assets/env-settings.js', 'no-cache'],
  ['/assets/apple-touch-icon.png', hour],
  ['/assets/Logo-DarkMode.svg', hour],
  ['/assets/photo-20240101.jpg', hour],
  ['/index.html', 'no-cache'],
  ['/users/5', 'no-cache'],
  ['/config.json', 'no-store'],
])('says of %s: %s', (path, expected) => {
  expect(cacheControl(path)).toBe(expected);
});

it('refuses hidden files before it looks for a file', () => {
  const config = renderImage(site).find(({ path }) => path.endsWith('nginx.conf'))?.content ?? '';
  const [first] = [...config.matchAll(/location ~ (\S+) \{/g)];
  const hidden = new RegExp(first?.[1] ?? '');
  expect(
    ['/.vite/manifest.json', '/a/.env', '/.well-known/security.txt'].map((path) => hidden.test(path)),
  ).toEqual([true, true, false]);
});

it('copies nothing but the site and its configuration', () => {
  const ignore = renderImage(site).find(({ path }) => path.endsWith('.dockerignore'))?.content ?? '';
  const lines = ignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines).toEqual(['*', '!apps/web/nginx/nginx.conf', '!dist/apps/web', '**/*.map']);
});

it('asks the port where the site has no health route', () => {
  const tcp = { kind: 'tcp' } as const;
  const dockerfile = renderImage({ ...site, health: { live: tcp, ready: tcp, startSeconds: 30 } }).find(
    ({ path }) => path.endsWith('Dockerfile'),
  );
  expect(dockerfile?.content).toContain('CMD ["/bin/busybox", "nc", "-z", "-w", "2", "127.0.0.1", "8080"]');
});
