import type { ImageRecord } from '../packages/images/image-record';
import type { Budget } from '../packages/service/types';

/** Bytes of some layers. */
export interface LayerSizes {
  readonly uncompressed: number;
  readonly compressed: number;
}

/** A layer that several images have. */
export interface SharedLayer extends LayerSizes {
  readonly diffId: string;
  /** Projects, sorted. */
  readonly images: readonly string[];
}

/** `dist/reports/infrastructure/size.json`. Sizes in bytes; a layer that several images share counts once in the sum. */
export interface StackSizeReport extends LayerSizes {
  readonly schemaVersion: 1;
  readonly budget: Budget;
  /** Size that the budget limits, as a percentage of it; null for a budget of nothing. */
  readonly percent: number | null;
  readonly passed: boolean;
  /** Sorted by project. `own`: layers that no other image has. */
  readonly images: readonly (LayerSizes & { readonly project: string; readonly own: LayerSizes })[];
  /** The largest first. */
  readonly shared: readonly SharedLayer[];
}

const nothing: LayerSizes = { uncompressed: 0, compressed: 0 };

/** Adds up what a node that runs all images stores. Pure. */
export function judgeStackSize(records: readonly ImageRecord[], budget: Budget): StackSizeReport {
  const layers = new Map<string, LayerSizes & { images: Set<string> }>();
  for (const { project, layers: own } of records) {
    for (const { diffId, uncompressed, compressed } of own) {
      const known = layers.get(diffId) ?? { uncompressed, compressed, images: new Set() };
      known.images.add(project);
      layers.set(diffId, known);
    }
  }
  const all = [...layers].map(([diffId, { images, ...sizes }]) => ({
    diffId,
    ...sizes,
    images: [...images].sort(),
  }));
  const sum = all.reduce(add, nothing);
  const size = sum[budget.of];
  return {
    schemaVersion: 1,
    budget,
    percent: budget.bytes === 0 ? null : (size / budget.bytes) * 100,
    passed: size <= budget.bytes,
    ...sum,
    images: [...records]
      .sort((a, b) => (a.project < b.project ? -1 : 1))
      .map(({ project, sizes }) => ({
        project,
        uncompressed: sizes.uncompressed,
        compressed: sizes.compressed,
        own: all.filter(({ images }) => images.length === 1 && images[0] === project).reduce(add, nothing),
      })),
    shared: all
      .filter(({ images }) => images.length > 1)
      .sort((a, b) => b.uncompressed - a.uncompressed || (a.diffId < b.diffId ? -1 : 1)),
  };
}

function add(a: LayerSizes, b: LayerSizes): LayerSizes {
  return { uncompressed: a.uncompressed + b.uncompressed, compressed: a.compressed + b.compressed };
}
