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
import { keepKnownBase, readKnownBase, type KnownBase } from './known-bases';
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
  const known = digest === null ? null : await knowBase(base, digest, { plan, engine, layout });
  const blobs = baseBlobs(layout, known?.layers ?? []);
  if (blobs.length === 0) {
    if (plan.layout === null) return record;
    const why = known === null ? ' (its digest is not known)' : '';
    throw new TargetError(
      `${plan.project.name}: layout: thin: neither the engine nor its registry has the base ${name} by its digest${why}. Pull it, or leave the option out.`,
    );
  }
  const store = blobStore(plan.workspaceRoot);
  for (const blob of blobs) await store.takeFrom(layout.folder, blob, memo);
  keepKnownBase(plan.workspaceRoot, name, { ...known!, blobs });
  return { ...record, layout: 'thin', leftOut: { base, blobs } };
}

/** Milliseconds before the engine and the registry are asked again for a base that they did not have: without a network that takes seconds. */
const askAgainMs = 10 * 60_000;

/** Whoever can name the layers of the base by its digest has it: that is what makes it a base that can be had again. */
async function knowBase(
  base: string,
  digest: string,
  { plan, engine, layout }: Pick<Finished, 'plan' | 'engine' | 'layout'>,
): Promise<KnownBase> {
  const name = baseName(plan);
  const kept = readKnownBase(plan.workspaceRoot, name);
  const known = kept?.digest === digest ? kept : null;
  if (known && known.layers.length >= layout.images.length) return known;
  const now = Date.now();
  if (known && plan.layout === null && now - known.asked < askAgainMs) return known;
  const inEngine = layout.images.length === 1 ? await engine.imageLayers(base).catch(() => null) : null;
  const platforms = layout.images.map(({ config }) => `${config.os}/${config.architecture}`);
  const layers = inEngine ? [inEngine] : await layersInRegistry(base, new Set(platforms)).catch(() => []);
  const found = { digest, layers, blobs: known?.blobs ?? [], asked: now };
  keepKnownBase(plan.workspaceRoot, name, found);
  return found;
}
