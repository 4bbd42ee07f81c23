import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { docker, removeImagesNamed } from './engine';
import { startRegistry } from './registry';
import { freshWorkspace, type Workspace } from './workspace';

interface Record {
  readonly digest: string;
  readonly configDigest: string;
  readonly platforms: readonly string[];
  readonly tags: readonly string[];
  readonly layers: readonly { readonly digest: string; readonly createdBy: string }[];
}

const tools = join(__dirname, '..', 'tools');
const services = ['one', 'two', 'three', 'four'];
let workspace: Workspace;

const record = (name: string) => workspace.json<Record>(`dist/images/${name}/image.json`);
const removeImages = () => rmSync(join(workspace.root, 'dist', 'images'), { recursive: true, force: true });

/** A project whose image has the stage that all have, and a file of its own. */
function service(name: string, { own = '', dependsOn = [] as string[] } = {}): void {
  workspace.write(
    `apps/${name}/project.json`,
    JSON.stringify({
      name,
      targets: {
        'docker-build': { options: { context: 'workspace', tag: `acme/batch-${name}:dev` }, dependsOn },
      },
    }),
  );
  // What the shared stage writes is random: the same in two images only where it ran once for both.
  workspace.write(
    `apps/${name}/Dockerfile`,
    `FROM alpine:3.24.2 AS shared
COPY shared.txt /
RUN cat /proc/sys/kernel/random/uuid > /once
FROM shared
COPY apps/${name}/own.txt /own.txt
RUN echo "this is $(cat /own.txt)"
${own}`,
  );
  workspace.write(`apps/${name}/own.txt`, `${name}\n`);
}

beforeAll(() => {
  workspace = freshWorkspace('batch');
  workspace.write(
    'nx.json',
    JSON.stringify({ neverConnectToCloud: true, analytics: false, plugins: ['toolbox'] }),
  );
  workspace.write('shared.txt', `${Date.now()} ${Math.random()}\n`);
  for (const name of services) service(name);
  workspace.commit('services');
});
afterAll(() => {
  removeImagesNamed('acme/batch-*');
  workspace.remove();
});

describe('nx run-many -t docker-build --batch', () => {
  const records: { [name: string]: Record } = {};

  it('builds all images, and what they share once', () => {
    const output = workspace.nxOk(['run-many', '-t', 'docker-build', '--batch', '--output-style=static']);
    expect(output).toContain(`Running ${services.length} tasks with toolbox:build`);
    for (const name of services) records[name] = record(name);
    const once = services.map(
      (name) => records[name]!.layers.find(({ createdBy }) => createdBy.includes('uuid'))?.digest,
    );
    expect(once[0]).toMatch(/^sha256:/);
    expect(new Set(once).size).toBe(1);
  });

  it('keeps the logs apart', () => {
    removeImages();
    const output = workspace.nxOk([
      'run-many',
      '-t',
      'docker-build',
      '--batch',
      '--output-style=static',
      '--noCache',
      '--skip-nx-cache',
    ]);
    for (const name of services) {
      const log =
        output
          .split(/^> nx run |^✔ {2}nx run |^[^\n]*nx run /m)
          .find((part) => part.startsWith(`${name}:docker-build`) && part.includes('this is')) ?? '';
      expect(services.filter((other) => log.includes(`this is ${other}`))).toEqual([name]);
      expect(log).toContain(`dist/images/${name}/image.json: sha256:`);
    }
  });

  it('ends each image as a build of its own does', () => {
    for (const name of services) records[name] = record(name);
    removeImages();
    for (const name of services) {
      workspace.nxOk(['docker-build', name, '--skip-nx-cache']);
      expect(record(name)).toEqual(records[name]);
    }
  });

  it('takes from the cache what has not changed', () => {
    workspace.nxOk(['run-many', '-t', 'docker-build', '--batch']);
    const before = { one: record('one').digest, two: record('two').digest };
    workspace.write('apps/two/own.txt', 'two, edited\n');
    const output = workspace.nxOk(['run-many', '-t', 'docker-build', '--batch']);
    expect(output).toContain(
      `cache instead of running the command for ${services.length - 1} out of ${services.length}`,
    );
    expect(record('two').digest).not.toBe(before.two);
    expect(record('one').digest).toBe(before.one);
  });

  it('fails what fails and what depends on it, and nothing else', () => {
    removeImages();
    service('broken', { own: 'RUN echo "no luck" && exit 3\n' });
    service('above', { dependsOn: ['^docker-build'] });
    workspace.write(
      'apps/above/project.json',
      workspace.read('apps/above/project.json').replace('{', '{"implicitDependencies":["broken"],'),
    );
    const { code, output } = workspace.nx(['run-many', '-t', 'docker-build', '--batch', '--skip-nx-cache']);
    expect(code).not.toBe(0);
    expect(output).toMatch(
      /^apps\/broken\/Dockerfile:7: RUN echo "no luck" && exit 3 failed with exit code 3\. /m,
    );
    for (const name of services) expect(record(name).digest).toMatch(/^sha256:/);
    for (const name of ['broken', 'above']) expect(workspace.exists(`dist/images/${name}`)).toBe(false);
    expect(output).toMatch(/Failed tasks:\s+- broken:docker-build\s/);
    for (const name of ['broken', 'above']) rmSync(join(workspace.root, 'apps', name), { recursive: true });
  });
});

describe('docker-bake.json', () => {
  it('is what docker buildx bake builds the same image from', () => {
    const names = ['one', 'three'];
    // Both from what the engine has now: what the shared stage writes is random.
    workspace.nxOk(['run-many', '-t', 'docker-build', '-p', names.join(','), '--batch', '--skip-nx-cache']);
    const files = names.flatMap((name) => ['-f', `dist/images/${name}/docker-bake.json`]);
    const sets = names.flatMap((name) => ['--set', `${name}.tags=acme/batch-baked:${name}`]);
    const env = { ...workspace.env, BUILDX_NO_DEFAULT_ATTESTATIONS: '1' };
    execFileSync('docker', ['buildx', 'bake', ...files, ...sets, '--set', '*.output=type=docker', ...names], {
      cwd: workspace.root,
      env,
      stdio: 'ignore',
    });
    for (const name of names) {
      workspace.nxOk(['docker-load', name, '--skip-nx-cache']);
      const look = (image: string) => {
        const [{ Config, RootFS }] = JSON.parse(docker('image', 'inspect', image)) as [
          { Config: object; RootFS: { Layers: string[] } },
        ];
        const files = docker(
          'run',
          '--rm',
          image,
          'sh',
          '-c',
          'cd /; cat once own.txt shared.txt; ls -ln once own.txt shared.txt | cut -c-43',
        );
        return { Config, layers: RootFS.Layers.length, files };
      };
      expect(look(`acme/batch-baked:${name}`)).toEqual(look(record(name).digest));
    }
  });
});

describe('several platforms', () => {
  const emulation = (...args: string[]) =>
    execFileSync(process.execPath, [join(tools, 'emulation', 'ensure.mjs'), ...args], { stdio: 'inherit' });
  afterAll(() => emulation('--remove'));
  const programs = { amd64: '@esbuild/linux-x64', arm64: '@esbuild/linux-arm64' };

  /** A program that is linked statically, for each platform, which the image's build and the image itself run. */
  function multi(): void {
    for (const [architecture, name] of Object.entries(programs)) {
      const folder = join(workspace.root, 'apps', 'multi', architecture);
      mkdirSync(folder, { recursive: true });
      execFileSync('npm', ['pack', '--silent', `${name}@0.28.2`], { cwd: folder, env: workspace.env });
      execFileSync('sh', ['-c', 'tar -xzf *.tgz --strip-components=2 package/bin/esbuild && rm *.tgz'], {
        cwd: folder,
      });
    }
    workspace.write(
      'apps/multi/Dockerfile',
      `FROM scratch
ARG TARGETARCH
COPY --chmod=755 \${TARGETARCH}/ /bin/
RUN ["/bin/esbuild", "--version"]
ENTRYPOINT ["/bin/esbuild", "--version"]
`,
    );
    workspace.write(
      'apps/multi/project.json',
      JSON.stringify({
        name: 'multi',
        targets: {
          'docker-build': {
            options: { platforms: ['linux/amd64', 'linux/arm64'], tag: 'acme/batch-multi:dev' },
          },
        },
      }),
    );
  }

  it('a platform whose programs cannot run is told in one line', () => {
    multi();
    emulation('--remove');
    const { code, output } = workspace.nx(['docker-build', 'multi', '--noCache']);
    expect(code).not.toBe(0);
    expect(output).toMatch(
      /^apps\/multi\/Dockerfile:4: the builder cannot run programs for .*Install QEMU's user emulation/m,
    );
    expect(workspace.exists('dist/images/multi')).toBe(false);
  });

  it('are one image: an index in the layout, checked, loaded and run', () => {
    emulation();
    workspace.nxOk(['docker-load', 'multi']);
    const { digest, platforms } = record('multi');
    expect(platforms).toEqual(['linux/amd64', 'linux/arm64']);
    const index = JSON.parse(
      readFileSync(join(workspace.root, 'dist/images/multi/blobs/sha256', digest.slice(7)), 'utf8'),
    ) as {
      manifests: { platform: { architecture: string } }[];
    };
    expect(index.manifests.map(({ platform }) => platform.architecture)).toEqual(['amd64', 'arm64']);
    for (const platform of platforms) {
      expect(docker('run', '--rm', '--platform', platform, 'acme/batch-multi:dev')).toBe('0.28.2');
    }
    workspace.nxOk(['docker-size-check', 'multi', '--budget=30MB']);
    const once = record('multi');
    rmSync(join(workspace.root, 'dist'), { recursive: true });
    workspace.nxOk(['docker-build', 'multi', '--noCache', '--skip-nx-cache']);
    expect(record('multi')).toEqual(once);
  });

  it('a base that is there for one platform only makes no image that says it is for two', () => {
    service('one-platform');
    const { code, output } = workspace.nx([
      'docker-build',
      'one-platform',
      '--platforms=linux/amd64,linux/arm64',
    ]);
    expect(code).not.toBe(0);
    expect(output).toMatch(
      /^apps\/one-platform\/Dockerfile: the base image alpine:3\.24\.2 is the same for linux\/amd64 and linux\/arm64/m,
    );
    expect(workspace.exists('dist/images/one-platform')).toBe(false);
  });
});

describe("BuildKit's cache elsewhere", () => {
  it.each(['local', 'registry'])('is exported and imported: %s', async (type) => {
    const registry = type === 'registry' ? await startRegistry() : null;
    try {
      const [to, from] = registry
        ? [`ref=${registry.address}/cache/one`, `ref=${registry.address}/cache/one`]
        : ['dest=.cache/one', 'src=.cache/one'];
      workspace.nxOk(['docker-build', 'one', '--skip-nx-cache', `--cacheTo=type=${type},${to},mode=max`]);
      const before = record('one');
      const output = workspace.nxOk([
        'docker-build',
        'one',
        '--skip-nx-cache',
        `--cacheFrom=type=${type},${from}`,
      ]);
      expect(output).toContain('importing cache manifest from');
      expect(output).not.toContain('ERROR');
      expect(record('one')).toEqual(before);
      if (registry) expect(await registry.digest('cache/one', 'latest')).toMatch(/^sha256:/);
      else expect(workspace.exists('.cache/one/index.json')).toBe(true);
    } finally {
      registry?.stop();
    }
  });
});
