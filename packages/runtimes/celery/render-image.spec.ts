import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Service } from '../../service/types';
import { service } from '../python/fixture-service';
import { healthCommand } from '../python/render-image';
import { defaults } from './defaults';
import { renderImage } from './render-image';

const build = { ...service().build, main: 'app.worker:app', lockfile: 'apps/api/requirements.txt' };
const worker = (changes: Partial<Service> = {}) =>
  service({ runtime: 'celery', roles: defaults.roles ?? [], settings: defaults.settings, build, ...changes });
const exec = { kind: 'exec', command: healthCommand } as const;

it.each<[string, Service]>([
  ['http', worker()],
  ['heartbeat', worker({ health: { live: exec, ready: exec, startSeconds: 30 } })],
])('the image of a worker with the probe %s equals the golden file', (name, described) => {
  const [dockerfile] = renderImage(described);
  const file = join(__dirname, 'golden', `${name}.Dockerfile`);
  // `UPDATE_GOLDEN=1 npx jest packages/runtimes/celery` writes the golden files; review their diff.
  if (process.env['UPDATE_GOLDEN']) writeFileSync(file, dockerfile!.content);
  expect(dockerfile!.content).toBe(readFileSync(file, 'utf8'));
});

it('the first role is the default', () => {
  const [, beat] = defaults.roles!;
  expect(renderImage(worker())[0]!.content).toMatch(/"app\.worker:app"\]\nCMD \["worker"\]\n$/);
  expect(renderImage(worker({ roles: [beat!] }))[0]!.content).toMatch(/\nCMD \["beat"\]\n$/);
});
