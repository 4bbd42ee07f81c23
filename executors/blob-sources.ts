import { EngineError, type Engine } from '../packages/engines/engine';
import { isIndex, type ImageConfig, type Index, type Manifest } from '../packages/images/descriptor';
import { storeFromArchive } from '../packages/images/thin/archive-blobs';
import type { BlobSource } from '../packages/images/thin/complete';
import { fetchBlob } from '../packages/registry/blobs';
import { fetchManifest } from '../packages/registry/manifests';
import { parseReference, type Reference } from '../packages/registry/reference';
import { Registry } from '../packages/registry/registry';

/** Milliseconds before each further try where a task cannot go on without the base. */
const patience = [500, 1500];

/** The base image in an engine's own store. */
export function engineSource(engine: Engine): BlobSource {
  return {
    name: engine.name,
    async fetch(base, blobs, store) {
      if ((await engine.imageLayers(base)) === null) throw new EngineError('does not have it');
      const { stream, done } = engine.save(base);
      // Where the engine itself fails, its reason says more than an archive that ends too early.
      const [saved, stored] = await Promise.allSettled([done, storeFromArchive(stream, blobs, store)]);
      if (saved.status === 'rejected') throw saved.reason;
      if (stored.status === 'rejected') throw stored.reason;
    },
  };
}

/** The base image in its registry. */
export function registrySource(base: string): BlobSource {
  const { registry: name } = parseReference(base);
  return {
    name,
    fetch: (_, blobs, store) =>
      withRegistry(base, patience, async (registry, { repository }) => {
        for (const blob of blobs) await store.write(blob, await fetchBlob(registry, repository, blob));
      }),
  };
}

/**
 * Layers (digests of the unpacked archives) of a base image as its registry has it by digest, one list per platform.
 * Asked in passing, so it is tried once.
 * @param platforms `os/architecture` of those that are wanted
 * @throws RegistryError
 */
export function layersInRegistry(
  base: string,
  platforms: ReadonlySet<string>,
): Promise<readonly (readonly string[])[]> {
  return withRegistry(base, [], async (registry, { repository, digest }) => {
    const parse = <T>(bytes: Buffer) => JSON.parse(bytes.toString('utf8')) as T;
    const root = await fetchManifest(registry, repository, digest ?? '');
    const manifests: Manifest[] = [];
    if (!isIndex(root.mediaType)) manifests.push(parse<Manifest>(root.bytes));
    else
      for (const { digest: one, platform } of parse<Index>(root.bytes).manifests)
        if (platforms.has(`${platform?.os}/${platform?.architecture}`))
          manifests.push(parse<Manifest>((await fetchManifest(registry, repository, one)).bytes));
    const lists: (readonly string[])[] = [];
    for (const { config } of manifests) {
      const chunks: Buffer[] = [];
      for await (const chunk of await fetchBlob(registry, repository, config)) chunks.push(chunk as Buffer);
      lists.push(parse<ImageConfig>(Buffer.concat(chunks)).rootfs.diff_ids);
    }
    return lists;
  });
}

async function withRegistry<T>(
  base: string,
  delays: readonly number[],
  action: (registry: Registry, reference: Reference) => Promise<T>,
): Promise<T> {
  const reference = parseReference(base);
  const registry = new Registry(reference.registry, { delays });
  try {
    return await action(registry, reference);
  } finally {
    registry.close();
  }
}
