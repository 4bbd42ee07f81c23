import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BaseFamily, Service } from '../../service/types';
import { service } from './fixture-service';
import { renderImage } from './render-image';

const families: readonly BaseFamily[] = ['distroless', 'slim', 'alpine'];
const lockfiles: Readonly<Record<string, string>> = {
  pip: 'apps/api/requirements.txt',
  uv: 'apps/api/uv.lock',
  'uv-workspace': 'uv.lock',
  poetry: 'apps/api/poetry.lock',
  pdm: 'apps/api/pdm.lock',
};
const build = (lockfile: string) => ({ ...service().build, lockfile });

const cases: readonly (readonly [string, Service])[] = [
  ...families.map((base) => [`${base}.uv`, service({ base })] as const),
  ...Object.entries(lockfiles)
    .filter(([name]) => name !== 'uv')
    .map(([name, lockfile]) => [`distroless.${name}`, service({ build: build(lockfile) })] as const),
];

describe.each(cases)('image files of %s', (name, described) => {
  it('equal the golden files', () => {
    const files = renderImage(described);
    expect(files.map(({ path }) => path)).toEqual([
      'apps/api/Dockerfile',
      'apps/api/Dockerfile.dockerignore',
    ]);
    expectGolden(`${name}.Dockerfile`, files[0]!.content);
    const ignore = name.endsWith('workspace') ? 'workspace' : 'project';
    expectGolden(`${ignore}.dockerignore`, files[1]!.content);
  });
});

/** `UPDATE_GOLDEN=1 npx jest packages/runtimes/python` writes the golden files; review their diff. */
function expectGolden(name: string, content: string): void {
  const file = join(__dirname, 'golden', name);
  if (process.env['UPDATE_GOLDEN']) writeFileSync(file, content);
  expect(content).toBe(readFileSync(file, 'utf8'));
}
