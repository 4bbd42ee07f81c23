import { posix } from 'node:path';
import { DescriptionError } from '../../../service/description-error';
import type { Detection, ProjectTargets, WorkspaceReader } from '../../runtime';
import type { Probe, ProjectFacts } from '../../../service/types';
import { findHealth } from './health-route';
import { findLockfile, hasPackage, type FoundLockfile } from './lockfile';
import { readPyproject, type Pyproject } from './pyproject';
import { readSources, type Sources } from './sources';
import { findVersion } from './version';

/** What every runtime on Python reads of a project. */
export interface PythonProject {
  readonly name: string;
  readonly root: string;
  readonly pyproject: Pyproject | null;
  readonly sources: Sources;
  readonly workspace: WorkspaceReader;
  /** Commands of the project's targets, and of a Procfile: they often say how the app starts. */
  readonly commands: string;
}

const manifests = [
  'pyproject.toml',
  'requirements.txt',
  'requirements.lock',
  'requirements.in',
  'Pipfile',
  'setup.py',
  'manage.py',
];

/** Null where the folder holds no Python project. @throws DescriptionError where its pyproject.toml is no TOML */
export function readProject(project: ProjectTargets, workspace: WorkspaceReader): PythonProject | null {
  const { name, root } = project;
  const isPython = manifests.some((file) => workspace.exists(posix.join(root, file)));
  const sources = readSources(project, workspace);
  if (!isPython && !sources.modules.some(({ name: module }) => /(^|\.)(main|app|__main__)$/.test(module)))
    return null;
  if (sources.modules.length === 0) return null;
  const targets = Object.values(project.targets).map(
    ({ command, options }) => `${command ?? ''} ${JSON.stringify(options ?? {})}`,
  );
  const commands = [...targets, workspace.read(posix.join(root, 'Procfile')) ?? ''].join('\n');
  return { name, root, pyproject: readPyproject(root, workspace), sources, workspace, commands };
}

/** What a runtime found out about how the app starts and is asked for its health. */
export interface Start {
  readonly main: string;
  readonly port?: number;
  readonly fixedPort?: boolean;
  /** Settings beside those of the import path. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Probe where no health route was found. */
  readonly fallback: Probe;
  /** Packages that must be among the locked ones, each with what to do. */
  readonly needs: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/** @throws DescriptionError where no lockfile is there, or a package is missing in it */
export function detectionOf(project: PythonProject, start: Start): Detection {
  const { name, root, pyproject, sources, workspace } = project;
  const lockfile = findLockfile(root, pyproject, workspace);
  checkNeeds(lockfile, start.needs);
  const health = findHealth(sources.modules);
  const { version, unmet } = findVersion(root, pyproject, workspace);
  const settings = {
    ...(sources.importFolder ? { PYTHONPATH: `/app/${sources.importFolder}` } : {}),
    ...start.settings,
  };
  const detected: ProjectFacts['detected'] = {
    ...(start.port ? { port: start.port } : {}),
    live: health.live ?? start.fallback,
    ready: health.ready ?? start.fallback,
    ...(Object.keys(settings).length > 0 ? { settings } : {}),
    ...(version ? { runtimeVersion: version } : {}),
    build: { target: null, output: root, main: start.main, dependencies: 'locked', lockfile: lockfile.path },
  };
  return {
    facts: { name, root, detected },
    ...(start.fixedPort ? { fixedPort: true } : {}),
    notes: [
      ...start.notes,
      ...lockfile.notes,
      ...(health.live || start.fallback.kind !== 'tcp'
        ? []
        : [
            'No health route was found: the probes only connect to the port. Add one, e.g. GET /health, and set "health".',
          ]),
      ...(unmet
        ? [
            `The project asks for Python ${unmet}, and there is no image of it: it gets ${version ?? 'the default'}.`,
          ]
        : []),
      ...(pyproject?.local ?? []).map(
        (local) =>
          `The package ${local} is a folder of the workspace, and is not installed in the image: publish it, or let the project hold it.`,
      ),
    ],
  };
}

function checkNeeds(lockfile: FoundLockfile, needs: Start['needs']): void {
  for (const [name, remedy] of Object.entries(needs)) {
    if (hasPackage(lockfile, name)) continue;
    throw new DescriptionError({
      file: lockfile.path,
      key: '',
      message: `has no ${name}, which starts the app. ${remedy}`,
    });
  }
}
