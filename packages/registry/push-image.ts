import type { Readable } from 'node:stream';
import type { Descriptor } from '../images/descriptor';
import { hasBlob, mountBlob, startUpload, type UploadSession } from './blobs';
import { findDigest, push, putManifest, type RawManifest } from './manifests';
import type { Registry } from './registry';
import { RegistryError } from './registry-error';
import { uploadBlob } from './upload';

/** An image as it is pushed, wherever its bytes lie. */
export interface ImageSource {
  /** What a manifest names comes before it; the image itself is the last one. */
  readonly manifests: readonly RawManifest[];
  /** Configurations and layers of all platforms, each once. */
  readonly blobs: readonly Descriptor[];
  /** Bytes of a blob from an offset on. Called only for a blob that the registry does not have. */
  readBlob(blob: Descriptor, from: number): Readable | Promise<Readable>;
  /** Other repositories of the same registry that may have the blob. */
  mountFrom(digest: string): readonly string[];
}

/** What became of one blob. */
export interface BlobOutcome {
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** `skipped`: the repository had it already. */
  readonly how: 'uploaded' | 'mounted' | 'skipped';
  /** Repository that it was mounted from. */
  readonly from?: string;
  /** Bytes that travelled: more than its size where an upload was cut and could not be resumed. */
  readonly sent: number;
}

/** Uploads at a time: enough to hide the answers' way there and back, few enough not to share a thin line out. */
const atOnce = 3;

/** The image's own manifest (or index). */
export function rootOf({ manifests }: Pick<ImageSource, 'manifests'>): RawManifest {
  return manifests[manifests.length - 1]!;
}

/** What of an image a repository lacks. */
export async function missingParts(
  registry: Registry,
  repository: string,
  { manifests, blobs }: Pick<ImageSource, 'manifests' | 'blobs'>,
): Promise<{ readonly manifests: readonly RawManifest[]; readonly blobs: ReadonlySet<string> }> {
  const scope = push(repository);
  const root = rootOf({ manifests });
  // A registry takes a manifest only with all that it names: where the last one is, everything is.
  if (await findDigest(registry, repository, root.digest, scope)) return { manifests: [], blobs: new Set() };
  const missing = new Set<string>();
  await eachOf(blobs, async ({ digest }) => {
    if (!(await hasBlob(registry, repository, digest, scope))) missing.add(digest);
  });
  return { manifests, blobs: missing };
}

/**
 * Brings an image into a repository under its digest, with the very bytes of its source; no tag is touched.
 * @throws RegistryError
 */
export async function pushImage(
  registry: Registry,
  repository: string,
  source: ImageSource,
  onBlob: (outcome: BlobOutcome) => void = () => undefined,
): Promise<readonly BlobOutcome[]> {
  const missing = await missingParts(registry, repository, source);
  const outcomes = new Map<string, BlobOutcome>();
  await eachOf(source.blobs, async (blob) => {
    const outcome: BlobOutcome = missing.blobs.has(blob.digest)
      ? await bring(registry, repository, source, blob)
      : { digest: blob.digest, size: blob.size, how: 'skipped', sent: 0 };
    outcomes.set(blob.digest, outcome);
    onBlob(outcome);
  });
  for (const manifest of missing.manifests)
    await putManifest(registry, repository, manifest.digest, manifest);
  const root = rootOf(source).digest;
  const stored = await findDigest(registry, repository, root, push(repository));
  if (stored !== root)
    throw new RegistryError(
      `${registry.name}/${repository}: answers with ${stored ?? 'nothing'} for ${root}, which was just pushed.`,
    );
  return source.blobs.map(({ digest }) => outcomes.get(digest)!);
}

async function bring(
  registry: Registry,
  repository: string,
  source: ImageSource,
  blob: Descriptor,
): Promise<BlobOutcome> {
  const { digest, size } = blob;
  let session: UploadSession | undefined;
  for (const from of source.mountFrom(digest)) {
    const opened = await mountBlob(registry, repository, digest, from);
    if (opened === null) return { digest, size, how: 'mounted', from, sent: 0 };
    session = opened;
  }
  const sent = await uploadBlob(
    registry,
    repository,
    { digest, size, open: (from) => source.readBlob(blob, from) },
    session ?? (await startUpload(registry, repository)),
  );
  return { digest, size, how: 'uploaded', sent };
}

/** Runs a few at a time; the first failure stops the rest. */
async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  let failed = false;
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined && !failed; item = queue.shift()) {
      try {
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: atOnce }, worker));
  const failure = results.find((result) => result.status === 'rejected');
  if (failure) throw failure.reason;
}
