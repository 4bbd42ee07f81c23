import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BaseFamily, PackageManager, Service } from '../../service/types';
import { service } from './fixture-service';
import { renderImage } from './render-image';

const families: readonly BaseFamily[] = ['distroless', 'slim', 'alpine'];
const managers: readonly PackageManager[] = ['npm', 'pnpm', 'yarn', 'berry'];
const bundled = service().build;
const pruned = { ...bundled, main: 'main.js', dependencies: 'pruned' } as const;

const cases: readonly (readonly [string, Service])[] = families.flatMap((base) => [
  [`${base}.bundled`, service({ base })] as const,
  ...managers.map(
    (packageManager) =>
      [`${base}.${packageManager}`, service({ base, build: { ...pruned, packageManager } })] as const,
  ),
]);

describe.each(cases)('image files of %s', (name, described) => {
  it('equal the golden files', () => {
    const files = renderImage(described);
    expect(files.map(({ path }) => path)).toEqual([
      'apps/api/Dockerfile',
      'apps/api/Dockerfile.dockerignore',
    ]);
    expectGolden(`${name}.Dockerfile`, files[0]!.content);
    expectGolden(`${name.endsWith('bundled') ? 'bundled' : 'pruned'}.dockerignore`, files[1]!.content);
  });
});

/** `UPDATE_GOLDEN=1 npx jest packages/runtimes/node` writes the golden files; review their diff. */
function expectGolden(name: string, content: string): void {
  const file = join(__dirname, 'golden', name);
  if (process.env['UPDATE_GOLDEN']) writeFileSync(file, content);
  expect(content).toBe(readFileSync(file, 'utf8'));
}
