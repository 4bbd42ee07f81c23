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
import { defaultsOf } from './runtime-of';
import { stackRoot } from './stack-root';

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
  const defaults = defaultsOf({ runtime: description.runtime, root: project.root });
  return resolveService(description, project, readStackOnDisk(workspaceRoot, nxJson), defaults, []);
}

/** The whole stack as an executor sees it. */
export interface StackOnDisk {
  readonly stack: Stack;
  /** Wired, sorted by name. */
  readonly services: readonly Service[];
}

/**
 * Every service of the workspace, read from the disk, resolved for an environment (undefined: what holds in all of them) and wired. What a runtime
 * finds out about a project is not asked.
 * @param projects by their names
 * @throws DescriptionError with the problems of the first description that has any
 */
export function readServicesOnDisk(
  workspaceRoot: string,
  projects: Readonly<Record<string, { readonly root: string }>>,
  nxJson: Pick<NxJsonConfiguration, 'plugins'>,
  environment?: string,
): StackOnDisk {
  const stack = readStackOnDisk(workspaceRoot, nxJson);
  const described = Object.entries(projects)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, { root }]) => {
      const file = descriptionFile(root);
      const text = root === stackRoot ? null : readText(workspaceRoot, file);
      return text === null ? [] : [{ name, root, description: parseServiceDescription(text, file) }];
    });
  const numbers = described.map(({ name, description: { uid, port } }) => ({ name, uid, port }));
  const services = described.map(({ name, root, description }) => {
    const defaults = defaultsOf({ runtime: description.runtime, root });
    return resolveService(description, { name, root }, stack, defaults, numbers, environment);
  });
  return { stack, services: wireServices(services, stack, defaultsOf) };
}

/** The stack of a workspace, read from the disk and resolved. @throws DescriptionError */
export function readStackOnDisk(workspaceRoot: string, nxJson: Pick<NxJsonConfiguration, 'plugins'>): Stack {
  const file = descriptionFile(stackRoot);
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
