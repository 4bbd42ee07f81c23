import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NxJsonConfiguration } from '@nx/devkit';
import { parsePluginOptions, parseServiceDescription, parseStackDescription } from '../service/parse';
import { descriptionFile, resolveService } from '../service/resolve-service';
import { resolveStack } from '../service/resolve-stack';
import type { ServiceDescription } from '../service/service.gen';
import type { Service, Stack } from '../service/types';
import { wireServices } from '../service/wire';
import { pluginName } from './plugin-name';
import { runtimeOf } from './runtime-of';

/** What an executor knows of its project. */
export interface DiskProject {
  readonly name: string;
  /** Relative to the workspace root, POSIX. */
  readonly root: string;
}

/**
 * The service of one project, read from the disk and resolved. Other services are not read: ports and user ids that the description does not name
 * are the runtime's own (generators write them into the description).
 * @returns null where the project has no toolbox.yaml
 * @throws DescriptionError
 */
export function readServiceOnDisk(
  workspaceRoot: string,
  project: DiskProject,
  nxJson: Pick<NxJsonConfiguration, 'plugins'>,
): Service | null {
  const file = descriptionFile(project.root);
  const text = readText(workspaceRoot, file);
  if (text === null) return null;
  const description: ServiceDescription = parseServiceDescription(text, file);
  const runtime = runtimeOf(description.runtime, file);
  return resolveService(description, project, readStackOnDisk(workspaceRoot, nxJson), runtime.defaults, []);
}

/**
 * Every service among the projects, with settings and calls wired, sorted by name. What a runtime finds out about a project is not asked.
 * @throws DescriptionError
 */
export function readServicesOnDisk(
  workspaceRoot: string,
  projects: readonly { readonly name?: string; readonly root: string }[],
  nxJson: Pick<NxJsonConfiguration, 'plugins'>,
): readonly Service[] {
  const services = projects.flatMap(({ name, root }) => {
    const isService = name !== undefined && root !== 'infrastructure';
    return (isService ? readServiceOnDisk(workspaceRoot, { name, root }, nxJson) : null) ?? [];
  });
  return wireServices(
    services.sort((a, b) => (a.name < b.name ? -1 : 1)),
    readStackOnDisk(workspaceRoot, nxJson),
    ({ runtime, root }) => runtimeOf(runtime, descriptionFile(root)).defaults,
  );
}

/** The stack of a workspace, read from the disk and resolved. @throws DescriptionError */
export function readStackOnDisk(workspaceRoot: string, nxJson: Pick<NxJsonConfiguration, 'plugins'>): Stack {
  const file = descriptionFile('infrastructure');
  const text = readText(workspaceRoot, file);
  const entry = (nxJson.plugins ?? []).find(
    (plugin) => (typeof plugin === 'string' ? plugin : plugin.plugin) === pluginName,
  );
  return resolveStack(
    text === null ? null : parseStackDescription(text, file),
    parsePluginOptions(typeof entry === 'object' ? entry.options : undefined),
    { name: workspaceNameOnDisk(workspaceRoot) },
  );
}

function workspaceNameOnDisk(workspaceRoot: string): string {
  try {
    const { name } = JSON.parse(readFileSync(join(workspaceRoot, 'package.json'), 'utf8')) as {
      name?: string;
    };
    return name ?? 'workspace';
  } catch {
    return 'workspace';
  }
}

function readText(workspaceRoot: string, file: string): string | null {
  const path = join(workspaceRoot, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}
