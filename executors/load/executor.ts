import { join } from 'node:path';
import { logger, type ExecutorContext } from '@nx/devkit';
import { readRecord } from '../../packages/images/record';
import { loadedImage, tagImage } from '../loaded-image';
import { failInOneLine } from '../mistakes';
import { engineFor, imageFolder, projectOf } from '../project-image';
import type { LoadExecutorSchema } from './schema.gen';

/** Loads the image of a project into the engine where the engine does not have it, and tags it. Never cached: the engine is asked each time. */
export default function load(
  options: LoadExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(async () => {
    const project = projectOf(context);
    const folder = join(context.root, imageFolder(project, options.image, 'image'));
    const record = readRecord(folder, project.name);
    const engine = engineFor(options.engine, context.root);
    const image = await loadedImage(engine, folder, record, context.root);
    await tagImage(engine, image, record.tags);
    logger.log(`${record.tags.join(', ')}: ${record.digest}`);
    return true;
  }, context.root);
}
