import { logger } from '@nx/devkit';
import { EngineError, type Engine } from '../packages/engines/engine';
import { archiveOf } from '../packages/images/archive';
import type { ImageRecord } from '../packages/images/image-record';
import { verifyLayout } from '../packages/images/layout';
import { openWholeLayout } from './whole-layout';

/**
 * Makes sure that the engine has exactly the image of a record: asks it by digest, and streams the layout into it only where it does not.
 * @returns the engine's id of the image
 * @throws ImageError where the layout is missing or corrupted, EngineError
 */
export async function loadedImage(
  engine: Engine,
  folder: string,
  record: ImageRecord,
  workspaceRoot: string,
): Promise<string> {
  const found = await engine.findImage(record.digest, record.configDigest);
  if (found) return found;
  const layout = await openWholeLayout(folder, record, { workspaceRoot, engine: engine.name });
  // Before the engine sees it: its own words for a broken layer name neither the file nor the way out.
  await verifyLayout(layout);
  // Podman would file a short name under Docker's registry: there the names come with the tags.
  await engine.load(
    engine.loadsDockerArchives ? archiveOf(layout, [], 'docker') : archiveOf(layout, record.tags),
  );
  const loaded = await engine.findImage(record.digest, record.configDigest);
  if (!loaded)
    throw new EngineError(
      `The engine took the image but does not have ${record.digest}. Run the target again.`,
    );
  logger.log(`Loaded ${record.digest} into ${engine.name}.`);
  return loaded;
}

/** Gives the image its names; a name that pointed to another image moves. */
export async function tagImage(engine: Engine, image: string, tags: readonly string[]): Promise<void> {
  for (const tag of tags) await engine.tag(image, tag);
}
