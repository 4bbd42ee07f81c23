import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { containersOf, docker, removeContainersOf } from './engine';
import { freshWorkspace, type Workspace } from './workspace';

/**
 * Docker's classic image store cannot export an OCI layout: the image goes through `docker save`. The same job must end in the same state.
 * The engine that tools/engine started is switched to the classic store and back; another engine cannot be switched, which fails here.
 */
describe("Docker's classic image store", () => {
  const tools = join(__dirname, '..', 'tools');
  const project = 'api-classic';
  let workspace: Workspace;
  let before: string;

  const storeOf = () =>
    docker('info', '--format', '{{json .DriverStatus}}').includes('io.containerd.snapshotter')
      ? 'containerd'
      : 'classic';
  function useStore(store: string): void {
    if (storeOf() === store) return;
    execFileSync(process.execPath, [join(tools, 'engine', 'ensure.mjs'), '--store', store], {
      stdio: 'inherit',
    });
    execFileSync(process.execPath, [join(tools, 'bases', 'ensure.mjs')], { stdio: 'inherit' });
  }

  beforeAll(() => {
    before = storeOf();
    useStore('classic');
    workspace = freshWorkspace('classic');
    workspace.nxOk(['g', 'toolbox:service', project, '--no-interactive']);
    workspace.commit('service');
  });
  afterAll(() => {
    removeContainersOf(project);
    useStore(before);
    workspace.remove();
  });

  const record = () =>
    workspace.json<{
      digest: string;
      configDigest: string;
      sizes: { compressed: number; uncompressed: number };
    }>(`dist/images/${project}/image.json`);

  it('builds, measures and runs the image', () => {
    workspace.nxOk(['docker-run', project, '--detach']);
    const [container] = containersOf(project);
    expect(container?.State.Health?.Status).toBe('healthy');
    // The image id in the classic store is the digest of the configuration.
    expect(container?.Image).toBe(record().configDigest);
    expect(record().sizes.compressed).toBeLessThan(record().sizes.uncompressed / 2);
    workspace.nxOk(['docker-size-check', project]);
    removeContainersOf(project);
  });

  it('gives the same digest again, without any cache', () => {
    const { digest } = record();
    rmSync(join(workspace.root, 'dist'), { recursive: true });
    workspace.nxOk(['docker-build', project, '--noCache', '--skip-nx-cache']);
    expect(record().digest).toBe(digest);
  });

  it('loads the image again after it was removed from the engine', () => {
    docker('rmi', '-f', record().configDigest);
    workspace.nxOk(['docker-run', project, '--detach']);
    expect(containersOf(project)[0]?.Image).toBe(record().configDigest);
  });
});
