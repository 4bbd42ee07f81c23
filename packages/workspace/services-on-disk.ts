import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NxJsonConfiguration } from '@nx/devkit';
import { parseServiceDescription } from '../service/parse';
import { descriptionFile, resolveService } from '../service/resolve-service';
import type { Service, Stack } from '../service/types';
import { wireServices } from '../service/wire';
import { runtimeOf } from './runtime-of';
import { readStackOnDisk, type DiskProject } from './service-on-disk';

/** Folder of the project that owns what all services share. */
const stackRoot = 'infrastructure';

/** The whole stack as an executor sees it. */
export interface StackOnDisk {
  readonly stack: Stack;
  /** Wired, sorted by name. */
  readonly services: readonly Service[];
}

/**
 * Every service of the workspace, read from the disk, resolved for an environment (undefined: what holds in all of them) and wired.
 * @throws DescriptionError with the problems of the first description that has any
 */
export function readServicesOnDisk(
  workspaceRoot: string,
  projects: readonly DiskProject[],
  nxJson: Pick<NxJsonConfiguration, 'plugins'>,
  environment?: string,
): StackOnDisk {
  const stack = readStackOnDisk(workspaceRoot, nxJson);
  const described = projects
    .filter(({ root }) => root !== stackRoot && existsSync(join(workspaceRoot, descriptionFile(root))))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((project) => {
      const file = descriptionFile(project.root);
      return {
        project,
        file,
        description: parseServiceDescription(readFileSync(join(workspaceRoot, file), 'utf8'), file),
      };
    });
  const numbers = described.map(({ project, description }) => ({
    name: project.name,
    uid: description.uid,
    port: description.port,
  }));
  const services = described.map(({ project, file, description }) =>
    resolveService(
      description,
      project,
      stack,
      runtimeOf(description.runtime, file).defaults,
      numbers,
      environment,
    ),
  );
  return {
    stack,
    services: wireServices(
      services,
      stack,
      ({ runtime, root }) => runtimeOf(runtime, descriptionFile(root)).defaults,
    ),
  };
}
