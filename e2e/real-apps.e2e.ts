import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { addressOf, containersOf, docker, removeContainersOf } from './engine';
import { openWorkspace, tarball, type Workspace } from './workspace';

/**
 * Apps that we did not write: those of the public generators @nx/node, @nx/express and @nx/nest, in an npm, a pnpm and a yarn workspace, each taken
 * from `nx g toolbox:service <app>` to healthy, their sources untouched.
 */
const nxVersion = '23.2.1';
const managers = { npm: null, pnpm: 'pnpm@10.28.0', yarn: 'yarn@1.22.22' } as const;
const apps = [
  {
    name: 'fastify-app',
    generator: '@nx/node:application',
    options: ['--framework=fastify'],
    answers: /Hello API/,
  },
  {
    name: 'express-app',
    generator: '@nx/express:application',
    options: [],
    answers: /Welcome to express-app/,
  },
  { name: 'nest-app', generator: '@nx/nest:application', options: [], answers: /Hello API/ },
] as const;

describe.each(Object.keys(managers) as (keyof typeof managers)[])('in a workspace with %s', (manager) => {
  let workspace: Workspace;
  let tools: string;
  const canary = `canary-${randomBytes(12).toString('hex')}`;
  const nameOf = (app: string) => `${app}-${manager}`;

  beforeAll(() => {
    tools = mkdtempSync(join(tmpdir(), `toolbox-e2e-${manager}-tools-`));
    const root = mkdtempSync(join(tmpdir(), `toolbox-e2e-real-${manager}-`));
    const specification = managers[manager];
    if (specification) {
      writeFileSync(join(tools, 'package.json'), '{"private":true}');
      execFileSync('npm', ['install', '--no-audit', '--no-fund', '--silent', specification], {
        cwd: tools,
        stdio: 'inherit',
      });
    }
    mkdirSync(root, { recursive: true });
    const versions = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, nxVersion]));
    writeFileSync(
      join(root, 'package.json'),
      JSON.stringify(
        {
          name: '@acme/source',
          version: '0.0.0',
          private: true,
          ...(specification ? { packageManager: specification } : {}),
          // yarn 1 gives up where a mirror lacks one platform's binary of the newest release.
          ...(manager === 'yarn'
            ? { resolutions: { 'unrs-resolver': '1.12.0', 'sass-embedded': '1.100.0' } }
            : {}),
          devDependencies: {
            ...versions([
              'nx',
              '@nx/devkit',
              '@nx/js',
              '@nx/node',
              '@nx/express',
              '@nx/nest',
              '@nx/esbuild',
              '@nx/webpack',
              '@nx/workspace',
            ]),
            typescript: '~5.9.2',
            esbuild: '^0.25.0',
            prettier: '^3.6.0',
            toolbox: `file:${tarball}`,
          },
        },
        null,
        2,
      ),
    );
    writeFileSync(
      join(root, 'nx.json'),
      JSON.stringify({
        neverConnectToCloud: true,
        analytics: false,
        workspaceLayout: { appsDir: 'apps', libsDir: 'libs' },
      }),
    );
    writeFileSync(
      join(root, 'tsconfig.base.json'),
      JSON.stringify({
        compileOnSave: false,
        compilerOptions: {
          rootDir: '.',
          sourceMap: true,
          module: 'esnext',
          moduleResolution: 'node',
          target: 'es2022',
          lib: ['es2022'],
          skipLibCheck: true,
          skipDefaultLibCheck: true,
          emitDecoratorMetadata: true,
          experimentalDecorators: true,
          esModuleInterop: true,
          baseUrl: '.',
          paths: {},
        },
        exclude: ['node_modules', 'tmp'],
      }),
    );
    writeFileSync(join(root, '.gitignore'), 'node_modules\ndist\n.nx\n.cache\ntmp\n');
    if (manager === 'yarn') {
      // Node.js 20 runs the workspace; fastify's newest test dependency asks for 22, which yarn 1 alone enforces.
      writeFileSync(join(root, '.yarnrc'), 'ignore-engines true\n');
    }
    if (manager === 'pnpm') {
      // What a pnpm user of these generators has: nx itself asks for it.
      writeFileSync(join(root, '.npmrc'), 'strict-peer-dependencies=false\nauto-install-peers=true\n');
      writeFileSync(join(root, 'pnpm-workspace.yaml'), 'packages:\n  - "apps/*"\n');
    }
    const opened = openWorkspace(root);
    // The user's own .npmrc, with a credential that must reach no layer, no history and no configuration.
    writeFileSync(join(tools, '.npmrc'), `//registry.example.com/:_authToken=${canary}\n`);
    opened.env['NPM_CONFIG_USERCONFIG'] = join(tools, '.npmrc');
    opened.env['PATH'] = [join(tools, 'node_modules', '.bin'), process.env['PATH']].join(delimiter);
    execFileSync(
      manager,
      manager === 'npm' ? ['install', '--no-audit', '--no-fund', '--legacy-peer-deps'] : ['install'],
      {
        cwd: root,
        env: { ...opened.env, CI: '' },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    workspace = opened;
    workspace.git('init', '-q', '-b', 'main');
    for (const app of apps) {
      const name = nameOf(app.name);
      removeContainersOf(name);
      workspace.nxOk(
        [
          'g',
          app.generator,
          `apps/${name}`,
          `--name=${name}`,
          '--e2eTestRunner=none',
          '--unitTestRunner=none',
          '--linter=none',
          '--no-interactive',
          ...app.options,
        ],
        { CI: '' },
      );
    }
    workspace.commit('apps');
  }, 900_000);
  afterAll(() => {
    for (const app of apps) removeContainersOf(nameOf(app.name));
    for (const folder of [workspace?.root, tools])
      if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it.each(apps)('$name becomes healthy', async ({ name: short, answers }) => {
    const name = nameOf(short);
    workspace.nxOk(['g', 'toolbox:service', name, '--no-interactive']);
    const changed = workspace.git('status', '--porcelain', '--', `apps/${name}/src`);
    expect(changed).toBe('');
    workspace.nxOk([
      'docker-run',
      name,
      '--detach',
      '--timeout=60',
      `--port=${4100 + apps.findIndex((app) => app.name === short)}`,
    ]);
    const [container] = containersOf(name);
    expect(container?.State.Health?.Status).toBe('healthy');
    expect(container?.HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'] });
    const address = addressOf(container?.Id ?? '');
    const bodies = await Promise.all(
      ['/', '/api'].map(async (path) => (await fetch(`http://${address}${path}`)).text()),
    );
    expect(bodies.join('\n')).toMatch(answers);
    // No package manager, no development dependency, no source map in the image.
    const script = `const fs=require('fs');const found=[];const walk=d=>{for(const e of fs.readdirSync(d,{withFileTypes:true})){const p=d+'/'+e.name;if(e.isDirectory())walk(p);else if(/\\.map$/.test(p))found.push(p)}};walk('/app');for(const p of ['/usr/local/bin/npm','/usr/local/bin/yarn','/usr/local/bin/corepack','/usr/local/lib/node_modules/npm','/app/node_modules/typescript','/app/node_modules/nx'])if(fs.existsSync(p))found.push(p);console.log(JSON.stringify(found))`;
    expect(docker('exec', container?.Id ?? '', '/usr/local/bin/node', '-e', script)).toBe('[]');
    expect(existsSync(join(workspace.root, 'dist/images', name, 'image.json'))).toBe(true);
    expect(readFileSync(join(workspace.root, 'apps', name, 'Dockerfile'), 'utf8')).toContain('id=npmrc');
    const blobs = join(workspace.root, 'dist/images', name, 'blobs/sha256');
    for (const blob of readdirSync(blobs)) {
      const bytes = readFileSync(join(blobs, blob));
      const unpacked = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
      expect([blob, unpacked.includes(canary)]).toEqual([blob, false]);
    }
    workspace.nxOk(['docker-size-check', name]);
    removeContainersOf(name);
  });

  it('changes nothing when the generator runs again, and finds everything current', () => {
    workspace.commit('services');
    for (const app of apps) workspace.nxOk(['g', 'toolbox:service', nameOf(app.name), '--no-interactive']);
    expect(workspace.git('status', '--porcelain')).toBe('');
    workspace.nxOk(['sync:check']);
  });
});
