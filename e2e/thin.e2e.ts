import { randomBytes } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { containersOf, docker, removeContainersOf, tryDocker } from './engine';
import { startRegistry, type RegistryServer } from './registry';
import { freshWorkspace, openWorkspace, type Workspace } from './workspace';

interface Image {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly layout: 'thin' | 'full';
  readonly leftOut?: {
    readonly base: string;
    readonly blobs: readonly { readonly digest: string; readonly size: number }[];
  };
  readonly layers: readonly { readonly digest: string; readonly compressed: number }[];
}

/**
 * An image costs Nx's cache the app's own layers: those of the base are kept once, and had again from the store, the engine or the registry. The
 * tests build on each other, in order; the base is an image of a registry of their own, so that each of the three can be taken away.
 */
describe('thin layouts', () => {
  const services = Array.from({ length: 12 }, (_, at) => `thin-${at + 1}`);
  const [first = ''] = services;
  const folders: string[] = [];
  let registry: RegistryServer;
  let base: string;
  let workspace: Workspace;
  let clone: Workspace;
  /** An engine that does not answer. */
  const noEngine = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };

  beforeAll(async () => {
    workspace = freshWorkspace('thin');
    folders.push(workspace.root);
    registry = await startRegistry();
    const { images } = JSON.parse(
      readFileSync(join(__dirname, '..', 'packages', 'images', 'catalogue.json'), 'utf8'),
    ) as { images: Record<string, { image: string; tag: string }> };
    base = `${registry.address}/thin/base:1`;
    docker('tag', `${images['debian-slim']?.image}:${images['debian-slim']?.tag}`, base);
    docker('push', '--quiet', base);
    for (const service of services) {
      workspace.write(`apps/${service}/project.json`, JSON.stringify({ name: service }));
      workspace.write(
        `apps/${service}/Dockerfile`,
        `FROM ${base}\nCOPY --chmod=444 apps/${service}/data /data\nUSER 1001:1001\nCMD ["sleep", "600"]\n`,
      );
      workspace.write(`apps/${service}/data`, randomBytes(500_000).toString('base64'));
    }
    workspace.write(
      'nx.json',
      JSON.stringify({ ...workspace.json<object>('nx.json'), plugins: ['toolbox'] }),
    );
    workspace.commit('twelve services');
  });
  afterAll(() => {
    removeContainersOf(...services);
    for (const service of services)
      tryDocker(
        'rmi',
        '-f',
        ...((clone ?? workspace).exists(record(service)) ? imageOf(workspace, service).tags : []),
      );
    tryDocker('rmi', '-f', base);
    registry.stop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  const record = (service: string) => `dist/images/${service}/image.json`;
  const imageOf = (from: Workspace, service: string) => from.json<Image>(record(service));
  const cacheOf = ({ env }: Workspace) => env['NX_CACHE_DIRECTORY'] ?? '';
  const storeOf = (from: Workspace) => join(cacheOf(from), 'toolbox-base-layers');
  const blob = (folder: string, digest: string) =>
    join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length));
  const leftOut = (from: Workspace) => imageOf(from, first).leftOut!.blobs[0]!;
  const inLayout = (from: Workspace) =>
    existsSync(blob(join(from.root, 'dist', 'images', first), leftOut(from).digest));

  /** Takes the image out of the engine and out of `dist`, so that the next task starts from Nx's cache. */
  function forget(from: Workspace): void {
    removeContainersOf(first);
    tryDocker('rmi', '-f', ...imageOf(from, first).tags);
    rmSync(join(from.root, 'dist'), { recursive: true, force: true });
  }

  it('twelve services cost Nx their own layers and one base', () => {
    workspace.nxOk(['run-many', '-t', 'docker-build', '--parallel=2']);
    const images = services.map((service) => imageOf(workspace, service));
    for (const { layout, leftOut: left, layers } of images) {
      expect(layout).toBe('thin');
      expect(left?.base).toMatch(new RegExp(`^${base}@sha256:[0-9a-f]{64}$`));
      expect(left?.blobs.map(({ digest }) => digest)).toEqual([layers[0]?.digest]);
    }
    const own = images
      .flatMap(({ layers }) => layers.slice(1))
      .reduce((sum, layer) => sum + layer.compressed, 0);
    const bound = 1.15 * (own + leftOut(workspace).size);
    const used = sizeOf(cacheOf(workspace));
    console.log(
      `Nx cache ${used}, own layers ${own}, base ${leftOut(workspace).size}, bound ${Math.round(bound)}`,
    );
    expect(used).toBeLessThanOrEqual(bound);
  });

  it('the image is the same, thin or full', () => {
    const { digest } = imageOf(workspace, first);
    workspace.nxOk(['docker-build', first, '--layout=full']);
    expect(imageOf(workspace, first)).toMatchObject({ digest, layout: 'full' });
    expect(imageOf(workspace, first).leftOut).toBeUndefined();
    expect(
      statSync(
        blob(join(workspace.root, 'dist', 'images', first), imageOf(workspace, first).layers[0]!.digest),
      ).size,
    ).toBe(imageOf(workspace, first).layers[0]!.compressed);
    workspace.nxOk(['docker-build', first]);
    expect(imageOf(workspace, first)).toMatchObject({ digest, layout: 'thin' });
    expect(inLayout(workspace)).toBe(false);
  });

  it('a second clone with the cache alone runs the image', () => {
    const target = mkdtempSync(join(tmpdir(), 'toolbox-e2e-thin-clone-'));
    folders.push(target);
    rmSync(target, { recursive: true });
    workspace.git('clone', '-q', workspace.root, target);
    cpSync(join(workspace.root, 'node_modules'), join(target, 'node_modules'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    clone = openWorkspace(target);
    cpSync(cacheOf(workspace), cacheOf(clone), { recursive: true });
    for (const service of services) tryDocker('rmi', '-f', ...imageOf(workspace, service).tags);
    const ran = clone.nxOk(['docker-run', first, '--detach']);
    expect(ran).toContain('came from the blob store');
    expect(imageOf(clone, first).digest).toBe(imageOf(workspace, first).digest);
    const [container] = containersOf(first);
    expect(container?.State.Status).toBe('running');
    expect(docker('exec', container?.Id ?? '', 'cat', '/data')).toBe(workspace.read(`apps/${first}/data`));
  });

  it("takes the base from the engine where the store lost it, and mends the store's damage", () => {
    forget(clone);
    truncateSync(blob(storeOf(clone), leftOut(workspace).digest), 1000);
    expect(clone.nxOk(['docker-load', first])).toMatch(
      /1 layer \([\d.]+ MB\) of its base \S+ came from docker\./,
    );
    expect(statSync(blob(storeOf(clone), leftOut(workspace).digest)).size).toBe(leftOut(workspace).size);
    forget(clone);
    rmSync(storeOf(clone), { recursive: true, force: true });
    expect(clone.nxOk(['docker-size-check', first, '--budget=500MB'])).toContain('came from docker.');
  });

  it('takes the base from its registry where there is no engine', () => {
    forget(clone);
    rmSync(storeOf(clone), { recursive: true, force: true });
    const repository = `${registry.address}/thin/${first}`;
    const pushed = clone.nxOk(['docker-push', first, `--repository=${repository}`, '--tag=one'], noEngine);
    // The registry has the layer in the base's repository: nothing of it is brought here.
    expect(pushed).not.toContain('came from');
    const checked = clone.nxOk(['docker-size-check', first, '--budget=500MB', '--top=3'], noEngine);
    expect(checked).toContain(`came from ${registry.address}.`);
  });

  it('says in one line that nothing has the base', () => {
    forget(clone);
    rmSync(storeOf(clone), { recursive: true, force: true });
    registry.stop();
    for (const target of ['docker-size-check', 'docker-load']) {
      const args = target === 'docker-load' ? [target, first] : [target, first, '--budget=400MB'];
      if (target === 'docker-load') tryDocker('rmi', '-f', base);
      const { code, output } = clone.nx(args, target === 'docker-load' ? {} : noEngine);
      expect(code).not.toBe(0);
      const lines = output.split('\n').filter((line) => line.includes('leaves 1 layer to its base'));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain(`${base}@sha256:`);
      expect(lines[0]).toContain(
        `Pull the base, log in to its registry, or build whole images: nx docker-build ${first} --layout=full`,
      );
      expect(inLayout(clone)).toBe(false);
    }
    expect(tryDocker('image', 'inspect', ...imageOf(clone, first).tags).code).not.toBe(0);
  });
});

/** Bytes of all files below a folder; one that has several names there counts once. */
function sizeOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const sizes = new Map(
    files.map((entry) => {
      const { ino, size } = statSync(join(entry.parentPath, entry.name));
      return [ino, size] as const;
    }),
  );
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
