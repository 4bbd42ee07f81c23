import { DescriptionError } from '../../service/description-error';
import type { Detection, ProjectTargets, WorkspaceReader } from '../runtime';
import { readBuild } from './builds/read-build';
import { detectFramework } from './framework';
import { detectHealth } from './health-route';
import { isNodeProject } from './is-node-project';
import { detectListening } from './listen';
import { detectPackageManager } from './package-manager';
import { sourceFiles } from './sources';
import { detectVersion } from './version';

/**
 * Reads what the image of an existing project needs out of its targets and sources. Where facts are unsure,
 * dependencies are `pruned`: that is right for a bundle, too, whose set of packages is then empty.
 * @throws DescriptionError where the project is one for Node.js and no target builds it.
 */
export function detect(project: ProjectTargets, workspace: WorkspaceReader): Detection | null {
  if (!isNodeProject(project, workspace)) return null;
  const found = readBuild(project, workspace);
  if (found.kind !== 'found') throw noBuild(project, found.kind === 'unclear' ? found.target : null);

  const sources = sourceFiles(project, workspace);
  const framework = detectFramework(sources);
  const { port, fixedPort, settings, notes } = detectListening(sources, framework);
  const health = detectHealth(sources, framework);
  const version = detectVersion(project.root, workspace);
  const tcp = { kind: 'tcp' } as const;
  return {
    facts: {
      name: project.name,
      root: project.root,
      detected: {
        ...(port ? { port } : {}),
        live: health.live ?? tcp,
        ready: health.ready ?? tcp,
        ...(Object.keys(settings).length > 0 ? { settings } : {}),
        ...(version ? { runtimeVersion: version } : {}),
        build: { ...found.build, packageManager: detectPackageManager(workspace) },
      },
    },
    ...(fixedPort ? { fixedPort } : {}),
    notes: [
      ...notes,
      ...(health.live
        ? []
        : [
            'No health route was found: the probes only connect to the port. Add one, e.g. GET /health, and set "health".',
          ]),
      ...(framework ? [] : ['No web framework was found in the source.']),
    ],
  };
}

function noBuild({ name, root }: ProjectTargets, target: string | null): DescriptionError {
  return new DescriptionError({
    file: root,
    key: '',
    message: target
      ? `what the target "${target}" of ${name} writes is not clear. Declare its outputs and "main" in package.json, or set build.output and build.main in ${root}/toolbox.yaml`
      : `${name} has no target that builds it. Add a target "build", e.g. one with the executor @nx/esbuild:esbuild, and run this again`,
  });
}
