import { workspaceOf } from '../node/fixture-workspace';
import { runtimes } from '../registry.gen';

const expected: Readonly<Record<string, string>> = {
  fastapi: 'app.main:app',
  celery: 'app.worker:app',
  python: 'app.main:app',
};

/** What a new app's own runtime reads of it is what the app needs, and no runtime of a higher rank takes it. */
describe.each(Object.keys(expected))('a new %s app', (name) => {
  const runtime = runtimes.find((candidate) => candidate.name === name)!;
  const { files } = runtime.newApp({ name: 'api', root: 'apps/api', packageManager: 'npm' });
  const workspace = workspaceOf(Object.fromEntries(files.map(({ path, content }) => [path, content])));
  const project = { name: 'api', root: 'apps/api', targets: {} };

  it('is recognised', () => {
    const found = runtime.detect(project, workspace);
    expect(found?.notes).toEqual([]);
    expect(found?.facts.detected).toMatchObject({
      live: { kind: 'http', path: '/health' },
      ready: { kind: 'http', path: '/ready' },
      build: {
        target: null,
        output: 'apps/api',
        main: expected[name],
        dependencies: 'locked',
        lockfile: 'apps/api/requirements.txt',
      },
    });
  });

  it('belongs to that runtime only', () => {
    const higher = runtimes.filter(({ rank }) => rank > runtime.rank);
    for (const other of higher)
      expect([other.name, other.detect(project, workspace)]).toEqual([other.name, null]);
  });
});
