import { newApp } from './new-app';

const app = newApp({ name: '@acme/web', root: 'apps/web', packageManager: 'npm', port: 8080 });
const content = (path: string) => app.files.find((file) => file.path === `apps/web/${path}`)?.content ?? '';

it("is source that is the user's, with tests of its own", () => {
  expect(app.files.map(({ ownership }) => ownership)).toEqual(app.files.map(() => 'scaffolded'));
  expect(app.files.filter(({ path }) => /\.test\.tsx?$/.test(path)).length).toBeGreaterThan(1);
  expect(app.files.filter(({ content: text }) => /<%|%>/.test(text))).toEqual([]);
});

it('has targets that Nx can cache truthfully', () => {
  const { targets } = JSON.parse(content('project.json')) as {
    targets: Record<string, { cache?: boolean; outputs?: string[] }>;
  };
  expect(Object.keys(targets).sort()).toEqual(['build', 'lint', 'serve', 'test', 'typecheck']);
  expect(targets['build']).toMatchObject({ cache: true, outputs: ['{workspaceRoot}/dist/{projectRoot}'] });
  expect(content('vite.config.ts')).toContain("outDir: '../../dist/apps/web'");
});

it('ships no source map: it would show everybody the source', () => {
  expect(content('vite.config.ts')).toContain('sourcemap: false');
});
