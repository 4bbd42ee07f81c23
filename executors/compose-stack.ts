import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { ComposeClient, type ComposeRequest } from '../packages/engines/docker/compose-client';
import { readRecord } from '../packages/images/record';
import { devEnvironment } from '../packages/service/backing';
import { suggest } from '../packages/service/choices';
import {
  baseFile,
  composeEnvironments,
  composeFolder,
  imageVariable,
  overlayFile,
  overlayName,
  overrideFile,
} from '../packages/service/compose-names';
import { slugOf } from '../packages/service/slug';
import { readStackOnDisk } from '../packages/workspace/service-on-disk';
import { imageRepositories } from './image-repositories';
import { TargetError } from './mistakes';
import { buildTargetOf, builtFolder } from './project-image';

export interface ComposeOptions {
  /** Environment; its overlay's short name is taken, too. Default: dev. */
  readonly env?: string | undefined;
  /** Name of the Compose project instead of the stack's own. */
  readonly name?: string | undefined;
}

/** The stack in one environment: base, overlay, and the user's own file where there is one. */
export interface ComposeStack {
  readonly environment: string;
  readonly client: ComposeClient;
  readonly request: ComposeRequest;
}

/**
 * @param images which images run: `built`, those of this workspace unless a variable names others; `any`, where no image matters
 * @throws TargetError for an environment or files that are not there
 */
export function openComposeStack(
  options: ComposeOptions,
  context: ExecutorContext,
  images: 'built' | 'any',
): ComposeStack {
  const { environments } = readStackOnDisk(context.root, context.nxJsonConfiguration);
  const environment = environmentOf(options.env ?? devEnvironment, composeEnvironments(environments));
  if (options.name !== undefined && !/^[a-z0-9][a-z0-9_-]{0,62}$/.test(options.name))
    throw new TargetError(
      `--name: ${JSON.stringify(options.name)} is no project name. Use small letters, digits, - and _, e.g. acme-two.`,
    );
  const request = {
    files: composeFiles(context.root, environment),
    env: imageVariables(context, images),
    name: options.name,
  };
  return { environment, request, client: new ComposeClient(request) };
}

/** The environment of that name or short name, e.g. `prod`. @throws TargetError for one that the stack does not have */
export function environmentOf(wanted: string, environments: readonly string[]): string {
  const environment = environments.find((name) => name === wanted || overlayName(name) === wanted);
  if (environment !== undefined) return environment;
  throw new TargetError(
    `--env: ${wanted} is not an environment of the stack. ${suggest(wanted, environments)}`,
  );
}

/** Files of one environment, or of the base alone, as Compose merges them. @throws TargetError where one is missing */
export function composeFiles(root: string, environment: string | null): readonly string[] {
  const needed = [baseFile, ...(environment === null ? [] : [overlayFile(environment)])];
  const missing = needed.find((name) => !existsSync(join(root, composeFolder, name)));
  if (missing !== undefined)
    throw new TargetError(`${composeFolder}/${missing} does not exist. Make it with: nx g toolbox:compose`);
  const own = existsSync(join(root, composeFolder, overrideFile)) ? [overrideFile] : [];
  return [...needed, ...own].map((name) => join(root, composeFolder, name));
}

/**
 * Variables that name the image of every service. What the user's environment says comes first.
 * @param images `pushed`: by digest, in the registry that it was built for
 * @throws TargetError where an image names no registry and should
 */
export function imageVariables(
  context: ExecutorContext,
  images: 'built' | 'any' | 'pushed',
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, project] of Object.entries(context.projectsConfigurations.projects)) {
    if (!existsSync(join(context.root, project.root, 'toolbox.yaml')) || !buildTargetOf(project)) continue;
    const variable = imageVariable(slugOf(name));
    const chosen = process.env[variable];
    const image = chosen || (images === 'any' ? `${slugOf(name)}:any` : builtImage(context, name, images));
    if (image) variables[variable] = image;
  }
  return variables;
}

function builtImage(
  context: ExecutorContext,
  project: string,
  images: 'built' | 'pushed',
): string | undefined {
  const folder = join(context.root, builtFolder(context, project));
  if (!existsSync(folder)) return undefined;
  const record = readRecord(folder, project);
  if (images === 'built') return record.tags[0];
  const { root } = context.projectsConfigurations.projects[project]!;
  const [repository] = imageRepositories(undefined, record, { name: project, root }).keys();
  return `${repository}@${record.digest}`;
}
