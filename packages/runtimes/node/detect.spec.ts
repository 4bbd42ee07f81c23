import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescriptionError } from '../../service/description-error';
import type { ProjectTargets } from '../runtime';
import { detect } from './detect';
import { projectOf, workspaceOf } from './fixture-workspace';

interface GeneratedApp {
  readonly preset: 'apps' | 'ts';
  readonly generator: string;
  readonly project: ProjectTargets;
  readonly files: Readonly<Record<string, string>>;
}

/** Facts of apps made by the public generators of Nx 23.2.1, in workspaces of both presets. */
const generated = JSON.parse(
  readFileSync(join(__dirname, 'fixture/nx-23.2.1.json'), 'utf8'),
) as GeneratedApp[];

describe('apps of the public generators', () => {
  const ports: Record<string, number> = { '@nx/express': 3333 };

  it.each(generated.map((app) => [app.generator, app.preset, app] as const))(
    '%s in a workspace of preset %s',
    (_generator, preset, app) => {
      const detection = detect(app.project, workspaceOf(app.files));
      const name = app.project.name;
      expect(detection?.facts).toEqual({
        name,
        root: `apps/${name}`,
        detected: {
          port: ports[app.generator] ?? 3000,
          live: { kind: 'tcp' },
          ready: { kind: 'tcp' },
          build: {
            target: 'build',
            output: preset === 'apps' ? `dist/apps/${name}` : `apps/${name}/dist`,
            main: 'main.js',
            dependencies: 'pruned',
            packageManager: 'npm',
          },
        },
      });
      expect(detection?.notes).toEqual([expect.stringContaining('No health route was found')]);
    },
  );
});

describe('projects that are none of Node.js, or cannot be built', () => {
  const source = { 'apps/api/src/main.ts': `import Fastify from 'fastify';` };

  it.each(['index.html', 'src/index.html', 'pyproject.toml', 'go.mod', 'next.config.js'])(
    'a project with %s is something else',
    (file) => {
      expect(detect(projectOf({}), workspaceOf({ ...source, [`apps/api/${file}`]: '' }))).toBeNull();
    },
  );

  it('a folder without any sign of Node.js is something else', () => {
    expect(detect(projectOf({}), workspaceOf({ 'apps/api/README.md': '' }))).toBeNull();
  });

  it('a project without a build target is an error in one line that says what to do', () => {
    const attempt = () => detect(projectOf({ serve: { executor: '@nx/js:node' } }), workspaceOf(source));
    expect(attempt).toThrow(DescriptionError);
    expect(attempt).toThrow(/^apps\/api: api has no target that builds it\. Add a target "build"[^\n]*$/);
  });

  it('a build target that says nothing about its files is an error that names it', () => {
    const project = projectOf({ build: { executor: 'nx:run-commands', options: { command: 'make' } } });
    expect(() => detect(project, workspaceOf(source))).toThrow(
      /what the target "build" of api writes is not clear/,
    );
  });
});

describe('notes and settings', () => {
  const build = {
    build: {
      executor: 'nx:run-commands',
      options: { command: 'esbuild src/main.ts --bundle --outfile=dist/apps/api/main.js' },
    },
  };
  const found = (main: string, files: Record<string, string> = {}) => {
    const detection = detect(projectOf(build), workspaceOf({ 'apps/api/src/main.ts': main, ...files }));
    return { ...detection?.facts.detected, notes: detection?.notes ?? [] };
  };

  it('a port that is fixed in the source is said', () => {
    const { port, notes } = found(`import express from 'express';\nexpress().listen(8080);`);
    expect(port).toBe(8080);
    expect(notes).toContainEqual(expect.stringContaining('Port 8080 is fixed in the source'));
  });

  it('a port variable of another name becomes a setting', () => {
    const { port, settings } = found(
      `import express from 'express';\nexpress().listen(process.env.API_PORT ?? 8081);`,
    );
    expect(port).toBe(8081);
    expect(settings).toEqual({ API_PORT: '8081' });
  });

  it("a client's port is not the app's", () => {
    const { port } = found(
      `import express from 'express';\nconst redis = process.env.REDIS_PORT ?? 6379;\nexpress().listen(process.env.PORT || 4000);`,
    );
    expect(port).toBe(4000);
  });

  it('a host variable of another name is opened to other containers', () => {
    const { settings } = found(
      `import Koa from 'koa';\nnew Koa().listen(3000, process.env.BIND_ADDRESS ?? 'localhost');`,
    );
    expect(settings).toEqual({ BIND_ADDRESS: '0.0.0.0' });
  });

  it.each([
    [`import Fastify from 'fastify';\nFastify().listen({ port: 3000 });`, true],
    [`import Fastify from 'fastify';\nFastify().listen({ port: 3000, host: process.env.HOST });`, false],
    [`import express from 'express';\nexpress().listen(3000);`, false],
    [`import express from 'express';\nexpress().listen(3000, '127.0.0.1');`, true],
  ])('%j listens on localhost only: %s', (main, expected) => {
    expect(found(main).notes.some((note) => note.includes('localhost only'))).toBe(expected);
  });

  it('the version of Node.js comes from .nvmrc, engines.node or nowhere', () => {
    const main = `import express from 'express';`;
    expect(found(main, { '.nvmrc': 'v22.3.0\n' }).runtimeVersion).toBe('22');
    expect(found(main, { 'package.json': '{"engines":{"node":"^22.1"}}' }).runtimeVersion).toBe('22');
    expect(found(main, { 'package.json': '{"engines":{"node":">=20"}}' }).runtimeVersion).toBeUndefined();
    expect(found(main, { '.nvmrc': '18' }).runtimeVersion).toBeUndefined();
  });
});
