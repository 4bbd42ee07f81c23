import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import type { ImageRecord } from '../../packages/images/image-record';
import { readRecord } from '../../packages/images/record';
import { imageRepositories } from '../image-repositories';
import { imageFolder, projectOf, type TaskProject } from '../project-image';
import type { PushExecutorSchema } from './schema.gen';
import { readTagFacts } from './tag-facts';
import { tagsFor } from './tags';

/** One push, decided: nothing below reads an option again. */
export interface PushPlan {
  readonly project: TaskProject;
  /** Folder of the image, absolute. */
  readonly folder: string;
  readonly record: ImageRecord;
  readonly targets: readonly PushTarget[];
  readonly insecure: readonly string[];
  readonly dryRun: boolean;
}

/** A repository and the tags that the image gets there. */
export interface PushTarget {
  readonly registry: string;
  /** Path inside the registry. */
  readonly repository: string;
  /** Both together, for people. */
  readonly name: string;
  readonly tags: readonly string[];
}

/** @throws TargetError, ImageError, RegistryError */
export async function planPush(options: PushExecutorSchema, context: ExecutorContext): Promise<PushPlan> {
  const project = projectOf(context);
  const folder = join(context.root, imageFolder(project, options.image, 'image'));
  const record = readRecord(folder, project.name);
  const targets: PushTarget[] = [];
  for (const [name, references] of imageRepositories(options.repository, record, project)) {
    const recorded = references.map(({ tag }) => tag ?? 'latest');
    const { registry, repository } = references[0]!;
    const tags = tagsFor(options, await readTagFacts(context, project, recorded));
    targets.push({ registry, repository, name, tags });
  }
  return {
    project,
    folder,
    record,
    targets,
    insecure: (options.insecureRegistries ?? []).map((registry) => registry.toLowerCase()),
    dryRun: options.dryRun ?? false,
  };
}
