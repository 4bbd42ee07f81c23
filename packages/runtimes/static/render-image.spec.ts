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
