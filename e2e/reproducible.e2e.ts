import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docker } from './engine';
import { freshWorkspace, openWorkspace, type Workspace } from './workspace';

/** Same input, same digest: two clones, no Nx cache, no build cache of the engine's. */
describe.each(['distroless', 'alpine', 'slim'])('two builds from two clones on %s', (base) => {
  const folders: string[] = [];
  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

  it('have the same digest, and keep the layers of the base image', () => {
    const name = `api-${base}`;
    const origin = freshWorkspace(`reproducible-${base}`);
    folders.push(origin.root);
    origin.nxOk(['g', 'toolbox:service', name, `--base=${base}`, '--no-interactive']);
    origin.commit('service');
    const records = [1, 2].map(() => {
      const clone = mkdtempSync(join(tmpdir(), 'toolbox-e2e-repro-'));
      folders.push(clone);
      rmSync(clone, { recursive: true });
      origin.git('clone', '-q', origin.root, clone);
      cpSync(join(origin.root, 'node_modules'), join(clone, 'node_modules'), {
        recursive: true,
        verbatimSymlinks: true,
      });
      const workspace: Workspace = openWorkspace(clone);
      workspace.nxOk(['run', `${name}:build`]);
      workspace.nxOk(['docker-build', name, '--noCache']);
      return workspace.json<{ digest: string; base: { name: string }; layers: { diffId: string }[] }>(
        `dist/images/${name}/image.json`,
      );
    });
    expect(records[0]).toEqual(records[1]);
    const reference = records[0]?.base.name ?? '';
    if (base === 'distroless') expect(reference).toBe('scratch');
    else {
      const layers = JSON.parse(
        docker('image', 'inspect', '--format', '{{json .RootFS.Layers}}', reference),
      ) as string[];
      expect(records[0]?.layers.slice(0, layers.length).map(({ diffId }) => diffId)).toEqual(layers);
    }
  });
});
