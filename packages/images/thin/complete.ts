import { statSync } from 'node:fs';
import { blobPath } from '../descriptor';
import { ImageError } from '../image-error';
import type { ImageRecord } from '../image-record';
import { verifyBlob } from '../layout';
import type { BlobStore } from './blob-store';
import type { LeftOutBlob } from './left-out';

/** Somewhere that layers of a base image can be had from. */
export interface BlobSource {
  /** As messages name it, e.g. `docker` or `registry.example.com`. */
  readonly name: string;
  /** Brings what it has of the blobs into the store. @throws an error whose message says why it has nothing */
  fetch(base: string, blobs: readonly LeftOutBlob[], store: BlobStore): Promise<void>;
}

/** Where the layers came from. */
export interface Completion {
  readonly from: string;
  readonly blobs: readonly LeftOutBlob[];
}

/**
 * Brings the layers that a thin layout leaves out into its folder, from the first place that has them. Whatever it takes has the digest that its
 * name says; one that is there and damaged is replaced. Nothing is done for a full layout.
 * @param only digests of the blobs that are needed; default: all
 * @returns the places that gave something, in order
 * @throws ImageError in one line where nothing gives a blob
 */
export async function completeLayout(
  folder: string,
  { leftOut, project }: Pick<ImageRecord, 'leftOut' | 'project'>,
  store: BlobStore,
  sources: readonly BlobSource[],
  only?: ReadonlySet<string>,
): Promise<readonly Completion[]> {
  if (!leftOut) return [];
  let missing: LeftOutBlob[] = [];
  for (const blob of leftOut.blobs)
    if (only?.has(blob.digest) !== false && !(await isThere(folder, blob))) missing.push(blob);
  const completions: Completion[] = [];
  const take = async (from: string) => {
    const taken: LeftOutBlob[] = [];
    for (const blob of missing) if (await store.copyInto(folder, blob)) taken.push(blob);
    missing = missing.filter((blob) => !taken.includes(blob));
    if (taken.length > 0) completions.push({ from, blobs: taken });
  };
  await take('the blob store');
  const reasons: string[] = [];
  for (const source of sources) {
    if (missing.length === 0) break;
    let reason = 'does not have them all';
    try {
      await source.fetch(leftOut.base, missing, store);
    } catch (error) {
      reason = (error as Error).message.replace(/[.\s]+$/, '');
    }
    // What came before a failure is good: each blob was checked on its way into the store.
    await take(source.name);
    if (missing.length > 0) reasons.push(`${source.name}: ${reason}`);
  }
  if (missing.length === 0) return completions;
  const layers = missing.length === 1 ? 'layer' : 'layers';
  const why = reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
  throw new ImageError(
    `${folder}: leaves ${missing.length} ${layers} to its base ${leftOut.base}, and nothing here has ${missing.length === 1 ? 'it' : 'them'}${why}. Pull the base, log in to its registry, or build whole images: nx docker-build ${project} --layout=full`,
  );
}

async function isThere(folder: string, { digest, size }: LeftOutBlob): Promise<boolean> {
  if (statSync(blobPath(folder, digest), { throwIfNoEntry: false })?.size !== size) return false;
  return verifyBlob(folder, digest).then(
    () => true,
    () => false,
  );
}
