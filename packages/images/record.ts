import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryEntry } from './descriptor';
import { ImageError } from './image-error';
import type { ImageLayer, ImageRecord } from './image-record';
import { readLayer } from './layer-bytes';
import type { LayerMemo } from './layer-memo';
import { platformOf, type Layout, type LayoutImage } from './layout';

const file = 'image.json';

/** What of a record the layout itself does not say. */
export interface RecordFacts {
  readonly project: string;
  readonly tags: readonly string[];
  readonly base: ImageRecord['base'];
}

/**
 * Describes a layout: sizes, layers and what made them. Sizes and layers are those of the first platform.
 * A layer that the memo knows is not unpacked again.
 * @throws ImageError
 */
export async function describeLayout(
  layout: Layout,
  facts: RecordFacts,
  memo: LayerMemo,
): Promise<ImageRecord> {
  const first = layout.images[0] as LayoutImage;
  const layers = await describeLayers(layout.folder, first, memo);
  const sum = (of: (layer: ImageLayer) => number) => layers.reduce((total, layer) => total + of(layer), 0);
  return {
    schemaVersion: 1,
    project: facts.project,
    digest: layout.root.digest,
    configDigest: first.manifest.config.digest,
    platforms: layout.images.map(({ config }) => platformOf(config)),
    tags: facts.tags,
    base: facts.base,
    layout: 'full',
    sizes: { compressed: sum((layer) => layer.compressed), uncompressed: sum((layer) => layer.uncompressed) },
    layers,
  };
}

async function describeLayers(
  folder: string,
  { manifest, config }: LayoutImage,
  memo: LayerMemo,
): Promise<ImageLayer[]> {
  const made = layerInstructions(config.history, manifest.layers.length);
  const layers: ImageLayer[] = [];
  for (const [at, layer] of manifest.layers.entries()) {
    layers.push({
      digest: layer.digest,
      diffId: config.rootfs.diff_ids[at] ?? '',
      mediaType: layer.mediaType,
      compressed: layer.size,
      uncompressed: memo.get(layer.digest)?.uncompressed ?? (await readLayer(folder, layer, () => undefined)),
      createdBy: made[at] ?? '',
    });
  }
  return layers;
}

/** The instruction behind each layer: history entries that are not empty, matched from the top where an image has more layers than history. */
export function layerInstructions(
  history: readonly HistoryEntry[] | undefined,
  count: number,
): readonly string[] {
  const made = (history ?? []).filter((entry) => !entry.empty_layer).map((entry) => entry.created_by ?? '');
  return [...Array<string>(Math.max(0, count - made.length)).fill(''), ...made].slice(-count || undefined);
}

/** Writes image.json whole or not at all. */
export function writeRecord(folder: string, record: ImageRecord): void {
  const temporary = join(folder, `.${file}.${process.pid}`);
  writeFileSync(temporary, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(temporary, join(folder, file));
}

/** Takes the record away, so that a build that does not finish leaves no image behind that looks whole. */
export function removeRecord(folder: string): void {
  rmSync(join(folder, file), { force: true });
}

/** @throws ImageError where there is no finished image: none was built, or a build was interrupted */
export function readRecord(folder: string, project = 'the project'): ImageRecord {
  if (!existsSync(join(folder, file)))
    throw new ImageError(`${folder}: holds no finished image. Run nx docker-build ${project} first.`);
  try {
    const record = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Partial<ImageRecord>;
    if (
      record.schemaVersion === 1 &&
      isDigest(record.digest) &&
      isDigest(record.configDigest) &&
      isListOf(record.layers, (layer) => isDigest(layer?.digest)) &&
      isListOf(record.tags, (tag) => typeof tag === 'string') &&
      (record.leftOut === undefined || isListOf(record.leftOut.blobs, (blob) => isDigest(blob?.digest))) &&
      isListOf(record.platforms, (platform) => typeof platform === 'string') &&
      Number.isSafeInteger(record.sizes?.compressed) &&
      Number.isSafeInteger(record.sizes?.uncompressed)
    )
      return record as ImageRecord;
  } catch {
    // Falls through to the one message below.
  }
  throw new ImageError(
    `${folder}/${file}: is not an image record of this version. Run nx docker-build ${project} again.`,
  );
}

function isListOf<T>(value: readonly T[] | undefined, holds: (entry: T | undefined) => boolean): boolean {
  return Array.isArray(value) && value.every(holds);
}

function isDigest(value: unknown): boolean {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
}
