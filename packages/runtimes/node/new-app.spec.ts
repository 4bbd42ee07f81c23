import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { detect } from './detect';
import { workspaceOf } from './fixture-workspace';
import { newApp } from './new-app';
import type { ProjectTargets } from '../runtime';

const request = { name: 'api', root: 'apps/api', packageManager: 'npm' } as const;
const contents = (changes = {}) =>
  Object.fromEntries(newApp({ ...request, ...changes }).files.map(({ path, content }) => [path, content]));
const parsed = (path: string, changes = {}) => JSON.parse(contents(changes)[path]!) as Record<string, never>;

describe('a new app', () => {
  it("is scaffolded: its files are the user's from then on", () => {
    expect(new Set(newApp(request).files.map(({ ownership }) => ownership))).toEqual(new Set(['scaffolded']));
  });

  it('takes name, port and folder', () => {
    const files = contents({ name: '@acme/shop', root: 'services/shop', port: 4711 });
    expect(files['services/shop/src/config.ts']).toContain(`?? '@acme/shop'`);
    expect(files['services/shop/src/config.ts']).toContain(`'PORT', 4711`);
    expect(files['services/shop/project.json']).toContain('--outfile=dist/services/shop/main.cjs');
    expect(Object.values(files).join('')).not.toContain('<%');
  });

  it('takes path aliases from the workspace where it has some', () => {
    expect(parsed('apps/api/tsconfig.json')).not.toHaveProperty('extends');
    expect(parsed('apps/api/tsconfig.json', { tsconfigBase: 'tsconfig.base.json' })).toMatchObject({
      extends: '../../tsconfig.base.json',
    });
    const { targets } = parsed('apps/api/project.json', {
      tsconfigBase: 'tsconfig.base.json',
    }) as unknown as ProjectTargets;
    expect(targets['build']).toMatchObject({
      inputs: expect.arrayContaining(['{workspaceRoot}/tsconfig.base.json']),
    });
  });

  it('is detected as what it is', () => {
    const project = { ...parsed('apps/api/project.json'), root: 'apps/api' } as unknown as ProjectTargets;
    const detection = detect(project, workspaceOf({ ...contents(), 'package-lock.json': '{}' }));
    expect(detection?.facts.detected).toMatchObject({
      live: { kind: 'http', path: '/health' },
      ready: { kind: 'http', path: '/ready' },
      build: { target: 'build', output: 'dist/apps/api', main: 'main.cjs', dependencies: 'bundled' },
    });
  });
});

describe('its bundle', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'toolbox-app-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The build target's own command line, with the packages left outside: they are not installed here. */
  function bundle(edit: (path: string, content: string) => string): string {
    for (const [path, content] of Object.entries(contents())) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), edit(path, content));
    }
    const { outputFiles } = buildSync({
      absWorkingDir: folder,
      entryPoints: ['apps/api/src/main.ts'],
      outfile: 'dist/apps/api/main.cjs',
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      legalComments: 'none',
      packages: 'external',
      write: false,
    });
    return outputFiles[0]!.text;
  }

  it('does not change with a comment, a legal one included', () => {
    const plain = bundle((_, content) => content);
    expect(
      bundle((path, content) => (path.endsWith('.ts') ? `// a\n/*! legal */\n${content}\n// b\n` : content)),
    ).toBe(plain);
    expect(
      bundle((path, content) => (path.endsWith('app.ts') ? content.replace(`'/'`, `'/other'`) : content)),
    ).not.toBe(plain);
  });
});
