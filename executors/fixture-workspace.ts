import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';

/** A workspace on disk with the project `api` in `apps/api`. */
export class FixtureWorkspace {
  readonly root = mkdtempSync(join(tmpdir(), 'toolbox-executor-'));
  readonly context = {
    root: this.root,
    projectName: 'api',
    projectsConfigurations: { version: 2, projects: { api: { root: 'apps/api' } } },
    nxJsonConfiguration: {},
  } as unknown as ExecutorContext;

  constructor() {
    process.env['NX_WORKSPACE_DATA_DIRECTORY'] = join(this.root, 'data');
    process.env['NX_CACHE_DIRECTORY'] = join(this.root, 'cache');
    this.write('package.json', '{ "name": "@acme/source" }');
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  /** Makes the project a service with a built file and this Dockerfile. */
  writeService(dockerfile: string): void {
    const description = 'runtime: node\nbuild:\n  output: dist/apps/api\n  main: main.js\n';
    this.write('apps/api/toolbox.yaml', description);
    this.write('apps/api/Dockerfile', dockerfile);
    this.write('dist/apps/api/main.js', '');
  }

  remove(): void {
    delete process.env['NX_WORKSPACE_DATA_DIRECTORY'];
    delete process.env['NX_CACHE_DIRECTORY'];
    rmSync(this.root, { recursive: true, force: true });
  }
}
