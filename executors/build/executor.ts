import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { logger, type ExecutorContext } from '@nx/devkit';
import type { BuildResult, Engine } from '../../packages/engines/engine';
import { canonicaliseLayout } from '../../packages/images/canonicalise';
import { importDockerArchive } from '../../packages/images/docker-archive';
import type { ImageRecord } from '../../packages/images/image-record';
import { openLayerMemo, type LayerMemo } from '../../packages/images/layer-memo';
import { hasDamagedBlob, openLayout } from '../../packages/images/layout';
import { describeLayout, removeRecord, writeRecord } from '../../packages/images/record';
import { readSource } from '../../packages/process/git-source';
import { failInOneLine } from '../mistakes';
import { engineFor, keptFile } from '../project-image';
import { baseName, baseOfImage, countBaseLayers } from './base';
import { writeBakeFile } from './bake-file';
import { checkIgnoredFiles } from './check-ignored';
import { checkPlatforms } from './check-platforms';
import { checkSources } from './check-sources';
import { planBuild, type BuildPlan } from './plan';
import { keepProvenance } from './provenance';
import type { BuildExecutorSchema } from './schema.gen';
import type { SharedLayers } from './shared-layers';
import { leaveOut, lendBase } from './thin';

/**
 * Builds the image of a project into `dist/images/<project>`: an OCI layout and, last, `image.json`.
 * @param shared layers of the images that a batch has finished
 */
export default function build(
  options: BuildExecutorSchema,
  context: ExecutorContext,
  shared?: SharedLayers,
): Promise<{ success: boolean }> {
  return failInOneLine(async () => {
    const plan = planBuild(options, context);
    checkSources(plan);
    await checkIgnoredFiles(plan);
    await buildImage(plan, engineFor(options.engine, context.root), shared);
    return true;
  }, context.root);
}

/**
 * The record goes first and comes back last: a build that was killed leaves no image that looks whole. Blobs of the image before stay until
 * then, because BuildKit does not send again what is there; where one of them turns out damaged, all are sent again.
 */
export async function buildImage(
  plan: BuildPlan,
  engine: Engine,
  shared?: SharedLayers,
): Promise<ImageRecord | null> {
  const { folder, request } = plan;
  if (request.dryRun) {
    await engine.build(request);
    return null;
  }
  const existed = existsSync(folder);
  removeRecord(folder);
  try {
    try {
      shared?.linkInto(folder, baseName(plan));
      const record = await buildOnce(plan, engine);
      shared?.add(folder, record);
      return record;
    } catch (error) {
      if (!existed || !(await hasDamagedBlob(folder))) throw error;
      logger.warn(`${plan.outputPath}: the image before was damaged. Building into an empty folder.`);
      rmSync(folder, { recursive: true, force: true });
      return await buildOnce(plan, engine);
    }
  } catch (error) {
    if (!existed) rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function buildOnce(plan: BuildPlan, engine: Engine): Promise<ImageRecord> {
  const { folder, project, tags } = plan;
  // As it is when the build begins.
  const source = readSource(plan.workspaceRoot);
  const lent = await lendBase(plan);
  const built = await engine.build(plan.request);
  const memo = openLayerMemo(keptFile(plan.workspaceRoot, 'layers'));
  const digest = built.kind === 'layout' ? built.digest : await unpack(built, folder, memo);
  const raw = openLayout(folder, digest);
  checkPlatforms(plan, raw);
  const layout = await canonicaliseLayout(folder, digest, {
    sourceDateEpoch: plan.request.sourceDateEpoch,
    baseLayers: countBaseLayers(plan, raw),
    lent,
    memo,
  });
  const base = baseOfImage(plan, built.bases);
  const whole = await describeLayout(layout, { project: project.name, tags, base }, memo);
  const record = await leaveOut({ plan, engine, built, layout, memo }, whole);
  memo.save();
  writeBakeFile(plan);
  await keepProvenance(plan, record, built.bases, await source);
  writeRecord(folder, record);
  logger.log(summary(record, plan.outputPath));
  return record;
}

/** The classic image store cannot write a layout: its archive is unpacked into one. */
async function unpack(
  built: Extract<BuildResult, { kind: 'archive' }>,
  folder: string,
  memo: LayerMemo,
): Promise<string> {
  const { stream, done } = built.save();
  // Where docker itself fails, its reason says more than an archive that ends too early.
  const [saved, imported] = await Promise.allSettled([
    done,
    importDockerArchive(stream, folder, memo, built.amendConfig),
  ]);
  if (saved.status === 'rejected') throw saved.reason;
  if (imported.status === 'rejected') throw imported.reason;
  return imported.value;
}

function summary(record: ImageRecord, outputPath: string): string {
  const { compressed, uncompressed } = record.sizes;
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  return `${join(outputPath, 'image.json')}: ${record.digest}, ${megabytes(uncompressed)} (${megabytes(compressed)} compressed), ${record.layers.length} layers, ${record.platforms.join(' and ')}`;
}
