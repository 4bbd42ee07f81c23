import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { containersOf, docker, removeContainersOf, tryDocker } from './engine';
import { freshWorkspace, openWorkspace, type Workspace } from './workspace';

/**
 * The cache never lies: whatever happened to the engine, the layout or the workspace before, `nx docker-run api` ends with a healthy container of
 * exactly the image that the sources say. A random walk over such mishaps; the seed is printed, TOOLBOX_SEED repeats a walk.
 */
const seed = Number(process.env['TOOLBOX_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Number(process.env['TOOLBOX_ROUNDS'] ?? 30);

/** Mulberry32: small, known, and the same on every machine. */
function random(state: number): () => number {
  let at = state;
  return () => {
    at = (at + 0x6d2b79f5) | 0;
    let mixed = Math.imul(at ^ (at >>> 15), 1 | at);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe(`the cache never lies (TOOLBOX_SEED=${seed}, ${rounds} rounds)`, () => {
  const next = random(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T;
  const project = 'api-cache';
  const first = 'toolbox e2e version 0';
  let workspace: Workspace;
  let cache: string;
  let version = first;
  /** Digest of the image by the version that its source carries: the same sources must always give the same image. */
  const digests = new Map<string, string>();
  const folders: string[] = [];

  beforeAll(() => {
    removeContainersOf(project);
    workspace = freshWorkspace('cache');
    folders.push(workspace.root);
    cache = mkdtempSync(join(tmpdir(), 'toolbox-e2e-nx-cache-'));
    folders.push(cache);
    workspace = openWorkspace(workspace.root, cache);
    // On a base image, so that the layout is thin: its layers lie in a store of their own, which has mishaps of its own.
    workspace.nxOk(['g', 'toolbox:service', project, '--base=slim', '--no-interactive']);
    write(first);
    workspace.commit('service');
  });
  afterAll(() => {
    removeContainersOf(project);
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  function write(text: string): void {
    version = text;
    const main = `apps/${project}/src/main.ts`;
    const source = workspace.read(main).replace(/\n?process\.env\['TOOLBOX_E2E'\] \?\?= .*\n/, '');
    workspace.write(main, `${source.trimEnd()}\nprocess.env['TOOLBOX_E2E'] ??= ${JSON.stringify(text)};\n`);
  }

  /** The image is of the sources: read from the file in the container, not from anything that toolbox says. */
  function expectTheRightImage(): void {
    const ran = workspace.nx(['docker-run', project, '--detach']);
    if (ran.code !== 0) throw new Error(`docker-run failed:\n${ran.output}`);
    const containers = containersOf(project);
    expect(containers).toHaveLength(1);
    const [container] = containers;
    expect(container?.State.Health?.Status).toBe('healthy');
    const bundle = docker(
      'exec',
      container?.Id ?? '',
      '/usr/local/bin/node',
      '-p',
      'require("fs").readFileSync(process.argv[1] || "", "utf8")',
      `/app/main.cjs`,
    );
    expect(bundle).toContain(version);
    const { digest } = workspace.json<{ digest: string }>(`dist/images/${project}/image.json`);
    expect(digests.get(version) ?? digest).toBe(digest);
    digests.set(version, digest);
    removeContainersOf(project);
  }

  // By name: an image that only goes by another name there, such as the base, keeps its own.
  const removeImages = () => {
    const names = docker(
      'images',
      '--format',
      '{{.Repository}}:{{.Tag}}',
      '--filter',
      `reference=*/${project}`,
    );
    const tags = names.split('\n').filter(Boolean);
    if (tags.length > 0) docker('rmi', '-f', ...tags);
  };

  const mishaps: Readonly<Record<string, () => void | Promise<void>>> = {
    'all images of the service removed from the engine': removeImages,
    'another image under the tag of the service': () => {
      const [tag] = workspace.exists(`dist/images/${project}/image.json`)
        ? workspace.json<{ tags: string[] }>(`dist/images/${project}/image.json`).tags
        : [];
      if (tag) docker('tag', baseImage(), tag);
    },
    'the layout folder deleted': () =>
      rmSync(join(workspace.root, 'dist', 'images'), { recursive: true, force: true }),
    'all of dist deleted': () => rmSync(join(workspace.root, 'dist'), { recursive: true, force: true }),
    'image.json deleted': () =>
      rmSync(join(workspace.root, 'dist', 'images', project, 'image.json'), { force: true }),
    'a blob of the layout truncated, so that Nx restores or rebuilds it': () => {
      const blobs = join(workspace.root, 'dist', 'images', project, 'blobs', 'sha256');
      if (!existsSync(blobs)) return;
      const blob = pick(readdirSync(blobs).sort());
      truncateSync(join(blobs, blob), 10);
    },
    'the workspace cloned elsewhere with only the cache carried over': () => {
      workspace.commit('before the clone');
      const target = mkdtempSync(join(tmpdir(), 'toolbox-e2e-clone-'));
      rmSync(target, { recursive: true });
      workspace.git('clone', '-q', workspace.root, target);
      cpSync(join(workspace.root, 'node_modules'), join(target, 'node_modules'), {
        recursive: true,
        verbatimSymlinks: true,
      });
      folders.push(target);
      workspace = openWorkspace(target, cache);
    },
    'a new version of the source': () => write(`toolbox e2e version ${Math.floor(next() * 1e9)}`),
    'an earlier version of the source': () => write(pick([...digests.keys(), first])),
    'a build killed half-way': () => kill(200 + Math.floor(next() * 2500)),
    'a new version, and its build killed half-way': async () => {
      write(`toolbox e2e version ${Math.floor(next() * 1e9)}`);
      await kill(400 + Math.floor(next() * 2500));
    },
    'the build cache of the engine pruned': () => void tryDocker('builder', 'prune', '-f'),
    // Restarts the engine only where tools/engine started it; another one is not ours to stop.
    'the engine restarted': () =>
      void spawnSync(process.execPath, [join(__dirname, '..', 'tools', 'engine', 'ensure.mjs'), '--restart']),
    'the blob store deleted': () =>
      rmSync(join(cache, 'toolbox-base-layers'), { recursive: true, force: true }),
    'a blob of the blob store truncated': () => {
      const blobs = join(cache, 'toolbox-base-layers', 'blobs', 'sha256');
      if (existsSync(blobs)) for (const blob of readdirSync(blobs)) truncateSync(join(blobs, blob), 10);
    },
    'a file of an earlier run in the way': () => {
      if (existsSync(join(workspace.root, 'dist', 'images', project)))
        writeFileSync(join(workspace.root, 'dist', 'images', project, 'image.json.tmp'), '{');
    },
  };

  function baseImage(): string {
    const from = /^FROM (\S+)/m.exec(workspace.read(`apps/${project}/Dockerfile`))?.[1] ?? '';
    const argument = /^\$\{?(\w+)\}?$/.exec(from)?.[1];
    return argument
      ? (new RegExp(`^ARG ${argument}=(\\S+)`, 'm').exec(workspace.read(`apps/${project}/Dockerfile`))?.[1] ??
          from)
      : from;
  }

  /** Ends the whole process group of a build after a while, as Ctrl-C, a lost runner or the out-of-memory killer do. */
  function kill(afterMs: number): Promise<void> {
    return new Promise((resolve) => {
      const child = spawn(
        process.execPath,
        [join(workspace.root, 'node_modules', 'nx', 'dist', 'bin', 'nx.js'), 'docker-build', project],
        { cwd: workspace.root, env: workspace.env, detached: true, stdio: 'ignore' },
      );
      const timer = setTimeout(() => {
        try {
          process.kill(-(child.pid ?? 0), next() < 0.5 ? 'SIGKILL' : 'SIGTERM');
        } catch {
          // It was faster: no harm, the round goes on.
        }
      }, afterMs);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  it('starts with the image of its sources', () => expectTheRightImage());

  for (let round = 1; round <= rounds; round += 1) {
    const names = Array.from({ length: 1 + Math.floor(next() * 3) }, () => pick(Object.keys(mishaps)));
    it(`round ${round}: ${names.join('; then ')}`, async () => {
      for (const name of names) await mishaps[name]?.();
      expectTheRightImage();
    });
  }
});
