import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { parseDockerfile, type Dockerfile } from '../../packages/dockerfiles/parse-dockerfile';
import type { BuildRequest } from '../../packages/engines/engine';
import { slugOf } from '../../packages/service/slug';
import type { Service } from '../../packages/service/types';
import { readServiceOnDisk, readStackOnDisk } from '../../packages/workspace/service-on-disk';
import { TargetError } from '../mistakes';
import { imageFolder, insideWorkspace, projectOf, type TaskProject } from '../project-image';
import { cachePlaces } from './cache-places';
import type { BuildExecutorSchema } from './schema.gen';
import { findSecrets } from './secrets';

/** One build, decided: nothing below reads an option again. */
export interface BuildPlan {
  readonly workspaceRoot: string;
  readonly project: TaskProject;
  /** Null for a project that has a Dockerfile and no toolbox.yaml. */
  readonly service: Service | null;
  readonly dockerfile: Dockerfile;
  /** Folder of the image, relative to the workspace root. */
  readonly outputPath: string;
  /** The same, absolute. */
  readonly folder: string;
  /** Build context, relative to the workspace root. */
  readonly context: string;
  /** Null: thin where the base can be had again. */
  readonly layout: 'thin' | 'full' | null;
  /** Full references. */
  readonly tags: readonly string[];
  readonly request: BuildRequest & { readonly dockerfileName: string };
}

/** @throws TargetError, DescriptionError */
export function planBuild(options: BuildExecutorSchema, context: ExecutorContext): BuildPlan {
  const workspaceRoot = context.root;
  const project = projectOf(context);
  const nxJson = withRegistry(context.nxJsonConfiguration, options.registry);
  const service = readServiceOnDisk(workspaceRoot, project, nxJson);
  const slug = service?.slug ?? slugOf(project.name);
  const path = insideWorkspace(
    options.dockerfile ?? posix.join(project.root, 'Dockerfile'),
    project,
    'dockerfile',
  );
  const text = readDockerfile(workspaceRoot, path, project);
  const outputPath = imageFolder(project, options.outputPath, 'outputPath');
  const folder = join(workspaceRoot, outputPath);
  const contextPath = contextOf(options.context, project);
  const repository =
    service?.image.repository ?? defaultRepository(readStackOnDisk(workspaceRoot, nxJson), slug);
  const dockerfile = parseDockerfile(text);
  return {
    workspaceRoot,
    project,
    service,
    dockerfile,
    outputPath,
    folder,
    context: contextPath,
    layout: options.layout ?? null,
    tags: [options.tag ?? 'dev', ...(options.tags ?? [])].map((tag) => fullReference(tag, repository)),
    request: {
      context: join(workspaceRoot, contextPath),
      dockerfile: join(workspaceRoot, path),
      dockerfileName: path,
      layout: folder,
      buildArgs: { ...versionArguments(dockerfile), ...options.buildArgs },
      labels: {},
      secrets: findSecrets(options.secrets, text, workspaceRoot),
      platforms: options.platforms ?? [],
      target: options.target,
      noCache: options.noCache,
      builder: options.builder,
      cacheFrom: cachePlaces(options.cacheFrom, slug),
      cacheTo: cachePlaces(options.cacheTo, slug),
      sourceDateEpoch: options.sourceDateEpoch ?? 0,
      progress: options.progress ?? 'auto',
      dryRun: options.dryRun,
    },
  };
}

function readDockerfile(workspaceRoot: string, path: string, project: TaskProject): string {
  const file = join(workspaceRoot, path);
  if (existsSync(file)) return readFileSync(file, 'utf8');
  throw new TargetError(`${path}: does not exist. Generate it with: nx g toolbox:service ${project.name}`);
}

function contextOf(chosen: string | undefined, project: TaskProject): string {
  if (chosen === undefined || chosen === 'workspace') return '.';
  return chosen === 'project' ? project.root : insideWorkspace(chosen, project, 'context');
}

/** The target carries the registry of the plugin entry that inferred it; nx.json may have several. */
function withRegistry(
  nxJson: ExecutorContext['nxJsonConfiguration'],
  registry: string | undefined,
): Pick<ExecutorContext['nxJsonConfiguration'], 'plugins'> {
  return registry === undefined ? nxJson : { plugins: [{ plugin: 'toolbox', options: { registry } }] };
}

function defaultRepository({ name, registry }: { name: string; registry: string }, slug: string): string {
  return `${registry === '' ? name : registry}/${slug}`;
}

/** `dev` -> `acme/api:dev`; a full reference stays as it is. */
function fullReference(tag: string, repository: string): string {
  return /[/:]/.test(tag) ? tag : `${repository}:${tag}`;
}

/** VERSION and REVISION come from the environment only where the Dockerfile takes them, and both are declared inputs of the task. */
function versionArguments({ args, stages }: Dockerfile): Record<string, string> {
  const declared = new Set(Object.keys(args));
  for (const { name, words } of stages.flatMap((stage) => stage.instructions)) {
    if (name === 'ARG') for (const word of words) declared.add(word.split('=')[0]!);
  }
  const found: Record<string, string> = {};
  for (const name of ['VERSION', 'REVISION']) {
    const value = process.env[`TOOLBOX_${name}`];
    if (value && declared.has(name)) found[name] = value;
  }
  return found;
}
