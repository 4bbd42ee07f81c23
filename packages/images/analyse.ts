import { withoutSecrets } from './audit/history-rules';
import { FileTree, type FileSize, type Waste } from './file-tree';
import { readLayer } from './layer-bytes';
import type { Descriptor } from './descriptor';
import type { Layout, LayoutImage } from './layout';
import { layerInstructions } from './record';
import { TarReader, type TarEntry } from './tar-reader';

export interface LayerSize {
  readonly digest: string;
  /** Instruction that made the layer, its secrets left out, or the empty text where the image does not say. */
  readonly instruction: string;
  /** Bytes of the blob. */
  readonly compressed: number;
  /** Bytes of the unpacked archive. */
  readonly uncompressed: number;
  /** Number of files, links and devices; folders do not count. */
  readonly files: number;
}

export interface SizeAnalysis {
  readonly layers: readonly LayerSize[];
  readonly compressed: number;
  readonly uncompressed: number;
  /** Files that the container sees. */
  readonly files: number;
  /** Largest files that the container sees, largest first. */
  readonly largest: readonly FileSize[];
  /** Largest wasted files, largest first. */
  readonly waste: readonly Waste[];
  readonly wasted: number;
}

/** Looks on while the layers are read, so that one pass over an image's bytes serves several questions. */
export interface LayerObserver {
  /** @param position of the layer, from 1 */
  beginLayer(layer: Descriptor, position: number): void;
  /** Whether the entry's body is wanted. */
  entry(entry: TarEntry): boolean;
  body(chunk: Buffer): void;
  end(): void;
  /** Work that the last bytes left to do; no further ones come before it is done. */
  pending(): Promise<void> | undefined;
}

/** A layer may unpack to 1 GiB, and to more where that is at most 200 times its blob; text seldom shrinks to a tenth, a gzip bomb to a thousandth. */
const alwaysUnpacked = 1024 ** 3;
const largestRatio = 200;

/**
 * Reads every layer once, as a stream, and says what the image's bytes are. Memory grows with the number of paths (some 90 bytes each), not with
 * their bytes, and is bounded.
 * @param top how many of the largest files and of the largest wasted ones are named
 * @throws ImageError where a layer is damaged
 */
export async function analyseImage(
  layout: Layout,
  image: LayoutImage,
  top: number,
  observer?: LayerObserver,
): Promise<SizeAnalysis> {
  const tree = new FileTree(top);
  const instructions = layerInstructions(image.config.history, image.manifest.layers.length);
  const layers: LayerSize[] = [];
  for (const [at, layer] of image.manifest.layers.entries()) {
    tree.beginLayer(at + 1);
    observer?.beginLayer(layer, at + 1);
    const reader = new TarReader(
      {
        entry: (entry) => {
          tree.add(entry);
          return observer?.entry(entry) ?? false;
        },
        body: (chunk) => observer?.body(chunk),
        end: () => observer?.end(),
      },
      `${layout.folder}: layer ${layer.digest}`,
    );
    const consume = (chunk: Buffer) => {
      reader.write(chunk);
      return observer?.pending();
    };
    const limit = Math.max(alwaysUnpacked, layer.size * largestRatio);
    const uncompressed = await readLayer(layout.folder, layer, consume, limit);
    reader.finish();
    await observer?.pending();
    layers.push({
      digest: layer.digest,
      instruction: await withoutSecrets(instructions[at] ?? ''),
      compressed: layer.size,
      uncompressed,
      files: tree.filesInLayer,
    });
  }
  return {
    layers,
    compressed: layers.reduce((sum, layer) => sum + layer.compressed, 0),
    uncompressed: layers.reduce((sum, layer) => sum + layer.uncompressed, 0),
    ...tree.result(),
  };
}
