import type { Tree } from '@nx/devkit';
import { parseServiceDescription, parseStackDescription } from '../service/parse';
import { descriptionFile, resolveService, type OtherService } from '../service/resolve-service';
import { resolveStack } from '../service/resolve-stack';
import { wireServices } from '../service/wire';
import type { PluginOptions } from '../service/plugin-options.gen';
import type { ServiceDescription } from '../service/service.gen';
import type { ProjectFacts, Service, Stack } from '../service/types';
import { readPluginOptions } from './plugin-entry';
import { readProjects } from './projects';
import { defaultsOf, runtimeOf } from './runtime-of';
import { stackRoot } from './stack-root';
import { treeReader } from './tree-reader';

/** A project's own words, before defaults. */
export interface DescribedService {
  readonly name: string;
  readonly root: string;
  readonly description: ServiceDescription;
}

/** All that the descriptions of a workspace say. */
export interface DescribedStack {
  readonly options: PluginOptions;
  readonly stack: Stack;
  /** Sorted by name. */
  readonly services: readonly DescribedService[];
}

/** Reads every description. @throws DescriptionError with the problems of the first one that has any. */
export function readDescriptions(tree: Tree): DescribedStack {
  const options = readPluginOptions(tree);
  const stackFile = descriptionFile(stackRoot);
  const text = tree.exists(stackFile) ? tree.read(stackFile, 'utf-8') : null;
  const description = text === null ? null : parseStackDescription(text, stackFile);
  return {
    options,
    stack: resolveStack(description, options, { name: workspaceName(tree) }),
    services: readProjects(tree)
      .filter(({ root }) => root !== stackRoot && tree.exists(descriptionFile(root)))
      .map(({ name, root }) => ({ name, root, description: readDescription(tree, root) })),
  };
}

/** @throws DescriptionError */
export function readDescription(tree: Tree, root: string): ServiceDescription {
  const file = descriptionFile(root);
  return parseServiceDescription(tree.read(file, 'utf-8') ?? '', file);
}

/**
 * Completes one service. `others` are the workspace's other services, `detected` facts of its project beyond those of the workspace.
 * @throws DescriptionError
 */
export function resolveDescribed(
  tree: Tree,
  stack: Stack,
  { name, root, description }: DescribedService,
  others: readonly OtherService[],
  detected: ProjectFacts['detected'] = {},
  environment?: string,
): Service {
  const runtime = runtimeOf(description.runtime, descriptionFile(root));
  const shared = runtime.workspaceFacts?.(treeReader(tree)) ?? {};
  const facts = { ...shared, ...detected, build: { ...shared.build, ...detected.build } };
  return resolveService(
    description,
    { name, root, detected: facts },
    stack,
    runtime.defaults,
    others,
    environment,
  );
}

/** Completes every service of the workspace, sorted by name, as it is in `environment` where one is named. @throws DescriptionError */
export function resolveAll(
  tree: Tree,
  { stack, services }: DescribedStack,
  environment?: string,
): readonly Service[] {
  const others = services.map(numbersOf);
  const resolved = services.map((service) => resolveDescribed(tree, stack, service, others, {}, environment));
  return wireServices(resolved, stack, defaultsOf);
}

/** The numbers that the services besides `name` have, those that their descriptions leave open included. */
export function resolveOthers(tree: Tree, described: DescribedStack, name: string): readonly OtherService[] {
  const services = described.services.filter((service) => service.name !== name);
  return resolveAll(tree, { ...described, services }).map(({ name, uid, port }) => ({ name, uid, port }));
}

function numbersOf({ name, description }: DescribedService): OtherService {
  return { name, uid: description.uid, port: description.port };
}

/** The workspace's name: that of its package.json, else of its folder, which every clone may name differently. */
export function workspaceName(tree: Tree): string {
  try {
    const { name } = JSON.parse(tree.read('package.json', 'utf-8') ?? '{}') as { name?: unknown };
    return typeof name === 'string' ? workspaceScope(name) : '';
  } catch {
    return '';
  }
}

/** Nx names a workspace `@acme/source`: there the scope is the name. */
function workspaceScope(name: string): string {
  return /^@([^/]+)\/(source|root|workspace|monorepo)$/.exec(name)?.[1] ?? name;
}
