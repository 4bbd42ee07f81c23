import { join, posix } from 'node:path';
import type { ExecutorContext, TargetConfiguration } from '@nx/devkit';
import { openEngine } from '../packages/engines/engines';
import type { Engine } from '../packages/engines/engine';
import type { ImageRecord } from '../packages/images/image-record';
import { readRecord } from '../packages/images/record';
import { insidePathProblem, normaliseInsidePath } from '../packages/service/paths';
import { workspaceDataDirectory } from '../packages/workspace/data-directory';
import { TargetError } from './mistakes';

/** The project that a task runs for. */
export interface TaskProject {
  readonly name: string;
  /** Relative to the workspace root, POSIX. */
  readonly root: string;
}

/** @throws TargetError where the task runs for no project */
export function projectOf(context: ExecutorContext): TaskProject {
  const name = context.projectName ?? '';
  const root = context.projectsConfigurations.projects[name]?.root;
  if (root === undefined)
    throw new TargetError('This executor runs as a target of a project, e.g. nx docker-build api.');
  return { name, root };
}

/** Folder of the project's image relative to the workspace root. @throws TargetError where `chosen` leaves the workspace */
export function imageFolder(project: TaskProject, chosen: string | undefined, option: string): string {
  return insideWorkspace(chosen ?? posix.join('dist/images', project.name), project, option);
}

/** The target of a project that builds its image, if it has one. */
export function buildTargetOf(
  project: ExecutorContext['projectsConfigurations']['projects'][string] | undefined,
): TargetConfiguration | undefined {
  return Object.values(project?.targets ?? {}).find(({ executor }) => executor === 'toolbox:build');
}

/** Name of that target, if the project has one. */
export function buildTargetName(
  project: ExecutorContext['projectsConfigurations']['projects'][string] | undefined,
): string | undefined {
  return Object.entries(project?.targets ?? {}).find(([, { executor }]) => executor === 'toolbox:build')?.[0];
}

/** Folder of the image that a project's build target writes, relative to the workspace root. @throws TargetError where it leaves the workspace */
export function builtFolder({ projectsConfigurations }: ExecutorContext, name: string): string {
  const project = projectsConfigurations.projects[name];
  const { outputPath } = (buildTargetOf(project)?.options ?? {}) as { outputPath?: string };
  return imageFolder({ name, root: project?.root ?? '' }, outputPath, 'outputPath');
}

/** The records of all projects that have an image. @throws ImageError for one that was not built, TargetError where there is none */
export function readRecords(context: ExecutorContext): readonly ImageRecord[] {
  const records = Object.entries(context.projectsConfigurations.projects)
    .filter(([, project]) => buildTargetOf(project))
    .map(([name]) => readRecord(join(context.root, builtFolder(context, name)), name));
  if (records.length === 0)
    throw new TargetError(
      'No project of the workspace has an image. Make one with: nx g toolbox:service <name>',
    );
  return records;
}

/** @throws TargetError where the path leaves the workspace */
export function insideWorkspace(path: string, project: TaskProject, option: string): string {
  const problem = insidePathProblem(path, 'the workspace');
  if (problem) throw new TargetError(`${project.name}: ${option}: ${problem}.`);
  return normaliseInsidePath(path);
}

/** What is learnt about engines and layers is kept beside Nx's own data. */
export function keptFile(workspaceRoot: string, name: string): string {
  return join(workspaceDataDirectory(workspaceRoot), `toolbox-${name}.json`);
}

/** @throws EngineError for an unknown name */
export function engineFor(name: string | undefined, workspaceRoot: string): Engine {
  return openEngine(name ?? 'docker', { memoryFile: keptFile(workspaceRoot, 'engines') });
}
