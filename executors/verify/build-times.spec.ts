import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TargetError } from '../mistakes';
import { measureBuilds, nxBuild, type Build } from './build-times';

const services = [
  { name: 'api', target: 'docker-build' },
  { name: 'legacy', target: undefined },
  { name: 'web', target: 'image' },
];

it('builds every image, first without any cache, and says what took too long or failed', async () => {
  const asked: string[] = [];
  const build: Build = (project, target, isCold) => {
    asked.push(`${project}:${target} ${isCold}`);
    if (project === 'web' && !isCold)
      return Promise.resolve({ seconds: 1, problem: 'the build failed: no space' });
    return Promise.resolve({ seconds: project === 'api' ? 42.04 : 12, problem: null });
  };
  const results = await measureBuilds(services, { cold: 40, cached: 50 }, (limit) => {
    asked.push(`limit ${limit}`);
    return build;
  });
  expect(asked).toEqual([
    'limit 80',
    'api:docker-build true',
    'web:image true',
    'limit 100',
    'api:docker-build false',
    'web:image false',
  ]);
  expect(results.map(({ check, subject, passed, found }) => [check, subject, passed, found])).toEqual([
    ['build-cold', 'api', false, '42.0 s'],
    ['build-cold', 'web', true, '12.0 s'],
    ['build-cached', 'api', true, '42.0 s'],
    ['build-cached', 'web', false, 'the build failed: no space'],
  ]);
  expect(results[0]?.fix).toContain('raise verify.build in infrastructure/toolbox.yaml');
});

it('measures only what has a limit', async () => {
  const results = await measureBuilds(
    services,
    { cold: null, cached: 1 },
    () => () => Promise.resolve({ seconds: 0.5, problem: null }),
  );
  expect(results.map(({ check }) => check)).toEqual(['build-cached', 'build-cached']);
});

describe("the workspace's own Nx", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'toolbox-build-times-'));
    writeFileSync(join(root, 'package.json'), '{}');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const install = (program: string) => {
    mkdirSync(join(root, 'node_modules/nx'), { recursive: true });
    writeFileSync(join(root, 'node_modules/nx/package.json'), '{"name":"nx","bin":{"nx":"./nx.js"}}');
    writeFileSync(join(root, 'node_modules/nx/nx.js'), program);
  };

  it('is called without caches', async () => {
    install(
      "if (process.argv.slice(2).join(' ') !== 'run api:docker-build --skipNxCache --noCache') process.exit(1);",
    );
    expect(await nxBuild(root)(20)('api', 'docker-build', true)).toMatchObject({ problem: null });
  });

  it('says why a build failed', async () => {
    install(
      "console.log('\\n NX   Running\\n\\napps/api/Dockerfile: no such stage\\n\\nFailed tasks:\\n- api:docker-build'); process.exit(1);",
    );
    const { problem } = await nxBuild(root)(20)('api', 'docker-build', false);
    expect(problem).toBe('the build failed: apps/api/Dockerfile: no such stage');
  });

  it('is ended when the verdict is clear', async () => {
    install('setInterval(() => {}, 1000);');
    const { problem } = await nxBuild(root)(0.5)('api', 'docker-build', false);
    expect(problem).toMatch(/^not built after \d+ s$/);
  });

  it('is not there', async () => {
    await expect(nxBuild(root)(20)('api', 'docker-build', false)).rejects.toThrow(TargetError);
  });
});
