import { existsSync } from 'node:fs';
import type { BuildResult, Engine } from '../../packages/engines/engine';
import { blobPath } from '../../packages/images/descriptor';
import type { ImageRecord } from '../../packages/images/image-record';
import { openLayerMemo, type LayerMemo } from '../../packages/images/layer-memo';
import type { Layout } from '../../packages/images/layout';
import { baseBlobs } from '../../packages/images/thin/left-out';
import { layersInRegistry } from '../blob-sources';
import { TargetError } from '../mistakes';
import { keptFile } from '../project-image';
import { blobStore } from '../whole-layout';
import { baseName } from './base';
import { keepKnownBase, readKnownBase } from './known-bases';
import type { BuildPlan } from './plan';

/**
 * Lends the layers of the base to the folder of a build, as the last image on that base had them: what is there is not sent by BuildKit.
 * @returns digests of those that were lent
 */
export async function lendBase(plan: BuildPlan): Promise<ReadonlySet<string>> {
  const lent = new Set<string>();
  if (plan.layout === 'full') return lent;
  const store = blobStore(plan.workspaceRoot);
  const memo = openLayerMemo(keptFile(plan.workspaceRoot, 'layers'));
  for (const blob of readKnownBase(plan.workspaceRoot, baseName(plan))?.blobs ?? []) {
    if (existsSync(blobPath(plan.folder, blob.digest))) continue;
    if (await store.lend(plan.folder, blob, memo)) lent.add(blob.digest);
  }
  memo.save();
  return lent;
}

interface Finished {
  readonly plan: BuildPlan;
  readonly engine: Engine;
  readonly built: BuildResult;
  readonly layout: Layout;
  readonly memo: LayerMemo;
}

/**
 * Moves the layers of the base image out of the layout, into the blob store.
 * @returns the record, which says what was left out
 * @throws TargetError where the layout was asked to be thin and the base cannot be had again
 */
export async function leaveOut(
  { plan, engine, built, layout, memo }: Finished,
  record: ImageRecord,
): Promise<ImageRecord> {
  const { name, digest } = record.base;
  if (plan.layout === 'full' || name === 'scratch') return record;
  // Compressed by us: no registry has these bytes, and another release of Node.js would not make them again.
  if (plan.layout === null && built.kind === 'archive') return record;
  const base = name.includes('@') ? name : `${name}@${digest}`;
  const known = digest === null ? unknownDigest : await layersOf(base, digest, { plan, engine, layout });
  const blobs = baseBlobs(layout, known.layers);
  if (blobs.length === 0) {
    if (plan.layout === null) return record;
    throw new TargetError(
      `${plan.project.name}: layout: thin: the base ${name} cannot be had again by its digest${known.why ? ` (${known.why})` : ''}. Pull it, or leave the option out.`,
    );
  }
  const store = blobStore(plan.workspaceRoot);
  for (const blob of blobs) await store.takeFrom(layout.folder, blob, memo);
  keepKnownBase(plan.workspaceRoot, name, { digest: digest!, layers: known.layers, blobs });
  return { ...record, layout: 'thin', leftOut: { base, blobs } };
}

interface BaseLayers {
  /** One list per platform; empty where nobody knows the base by its digest. */
  readonly layers: readonly (readonly string[])[];
  readonly why?: string;
}

const unknownDigest: BaseLayers = { layers: [], why: 'its digest is not known' };

/** Whoever can name the layers of the base by its digest has it: that is what makes it a base that can be had again. */
async function layersOf(
  base: string,
  digest: string,
  { plan, engine, layout }: Pick<Finished, 'plan' | 'engine' | 'layout'>,
): Promise<BaseLayers> {
  const known = readKnownBase(plan.workspaceRoot, baseName(plan));
  if (known?.digest === digest && known.layers.length >= layout.images.length) return known;
  const inEngine = layout.images.length === 1 ? await engine.imageLayers(base) : null;
  if (inEngine) return { layers: [inEngine] };
  const platforms = layout.images.map(({ config }) => `${config.os}/${config.architecture}`);
  try {
    return { layers: await layersInRegistry(base, new Set(platforms)) };
  } catch (error) {
    return { layers: [], why: (error as Error).message.replace(/[.\s]+$/, '') };
  }
}
