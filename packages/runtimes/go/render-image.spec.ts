import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { service } from './fixture-service';
import { renderImage } from './render-image';

const { build } = service();
const inMonorepo = { ...build, output: '.', lockfile: 'services/api/go.sum', main: 'cmd/server' };

const cases = [
  ['distroless', service()],
  ['slim', service({ base: 'slim' })],
  ['alpine', service({ base: 'alpine' })],
  ['monorepo', service({ build: inMonorepo, health: { ...service().health, live: { kind: 'tcp' } } })],
] as const;

describe.each(cases)('image files of %s', (name, described) => {
  it('equal the golden files', () => {
    const files = renderImage(described);
    expect(files.map(({ path }) => path)).toEqual([
      'apps/api/Dockerfile',
      'apps/api/Dockerfile.dockerignore',
    ]);
    expectGolden(`${name}.Dockerfile`, files[0]!.content);
    expectGolden(`${name === 'monorepo' ? 'monorepo' : 'module'}.dockerignore`, files[1]!.content);
  });
});

it('takes settings literally, and the description before what the image says of itself', () => {
  const settings = { GREETING: 'say "hi" to $USER', SERVICE_VERSION: '7' };
  const text = renderImage(service({ settings }))[0]!.content;
  expect(text).toContain('  GREETING="say \\"hi\\" to \\$USER"');
  expect(text.match(/SERVICE_VERSION=/g)).toHaveLength(1);
});

it('compiles nothing anew for another version', () => {
  const text = renderImage(service())[0]!.content;
  expect(text.indexOf('ARG VERSION')).toBeGreaterThan(text.indexOf('FROM scratch'));
});

it('names the key of a version that has no image', () => {
  expect(() => renderImage(service({ runtimeVersion: '1.9' }))).toThrow(
    'apps/api/toolbox.yaml: version: the catalogue has no image golang-1.9',
  );
});

/** `UPDATE_GOLDEN=1 npx jest packages/runtimes/go` writes the golden files; review their diff. */
function expectGolden(name: string, content: string): void {
  const file = join(__dirname, 'golden', name);
  if (process.env['UPDATE_GOLDEN']) writeFileSync(file, content);
  expect(content).toBe(readFileSync(file, 'utf8'));
}
