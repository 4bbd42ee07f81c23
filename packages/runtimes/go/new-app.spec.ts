import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { workspaceOf, projectOf } from '../node/fixture-workspace';
import { detect } from './detect';
import { newApp } from './new-app';

const { files, dependencies } = newApp({
  name: '@acme/shop',
  root: 'apps/shop',
  port: 8201,
  packageManager: 'npm',
});
const contentOf = (path: string) => files.find((file) => file.path === `apps/shop/${path}`)!.content;

it('is a module of its own with a complete go.sum', () => {
  expect(contentOf('go.mod')).toMatch(/^module acme\/shop\n\ngo 1\.25/);
  expect(contentOf('go.sum')).toMatch(/^(\S+ v\S+ h1:\S+\n)+$/);
  expect(dependencies).toEqual({});
  expect(files.every(({ ownership }) => ownership === 'scaffolded')).toBe(true);
});

it('has no build target: the image compiles it', () => {
  expect(Object.keys(JSON.parse(contentOf('project.json')).targets)).toEqual(['serve', 'test', 'lint']);
});

it('is what detection finds', () => {
  const workspace = workspaceOf(Object.fromEntries(files.map(({ path, content }) => [path, content])));
  const detection = detect(projectOf({}, { root: 'apps/shop' }), workspace)!;
  expect(detection.notes).toEqual([]);
  expect(detection.facts.detected).toMatchObject({
    port: 8201,
    live: { kind: 'http', path: '/health' },
    ready: { kind: 'http', path: '/ready' },
  });
});

it('is formatted as gofmt does', () => {
  const folder = mkdtempSync(join(tmpdir(), 'go-app-'));
  try {
    for (const { path, content } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const { error, stdout } = spawnSync('gofmt', ['-l', '.'], { cwd: folder, encoding: 'utf8' });
    // Without Go on the machine the app's own target lint says it, in the e2e of the stack.
    if (!error) expect(stdout).toBe('');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
