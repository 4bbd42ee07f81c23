import { isIndex, mediaTypes, type Descriptor, type Index, type Manifest } from '../images/descriptor';
import { sha256 } from '../images/layout';
import type { Caller } from './registry';
import { RegistryError } from './registry-error';
import { readSmall } from './transport';

/** A manifest or an index with the bytes that its digest is of. */
export interface RawManifest {
  readonly mediaType: string;
  readonly digest: string;
  readonly bytes: Buffer;
}

const accept = [
  mediaTypes.index,
  mediaTypes.manifest,
  mediaTypes.dockerIndex,
  mediaTypes.dockerManifest,
].join(', ');

export const pull = (repository: string) => `repository:${repository}:pull`;
export const push = (repository: string) => `repository:${repository}:pull,push`;

/** Digest behind a tag or digest, or null where the registry has none. `scope`: that of the calls around it, so that one token serves all. */
export async function findDigest(
  registry: Caller,
  repository: string,
  reference: string,
  scope = pull(repository),
): Promise<string | null> {
  const response = await registry.call({
    method: 'HEAD',
    to: `${repository}/manifests/${reference}`,
    scope,
    repository,
    headers: { accept },
    expect: [200, 404],
  });
  response.body.resume();
  if (response.status === 404) return null;
  const digest = response.headers['docker-content-digest'];
  if (typeof digest === 'string') return digest;
  // The header is optional in the specification; the bytes say it too.
  return (await fetchManifest(registry, repository, reference)).digest;
}

/** A manifest by tag or digest; one that is asked for by digest has that digest. @throws RegistryError where it is missing or another one */
export async function fetchManifest(
  registry: Caller,
  repository: string,
  reference: string,
): Promise<RawManifest> {
  const response = await registry.call({
    method: 'GET',
    to: `${repository}/manifests/${reference}`,
    scope: pull(repository),
    repository,
    headers: { accept },
    expect: [200, 404],
  });
  const where = `${registry.name}/${repository}${reference.startsWith('sha256:') ? '@' : ':'}${reference}`;
  if (response.status === 404) {
    response.body.resume();
    throw new RegistryError(`${where}: there is no such image.`);
  }
  const bytes = await readSmall(response.body);
  const digest = sha256(bytes);
  if (reference.startsWith('sha256:') && digest !== reference)
    throw new RegistryError(`${where}: the registry sent another manifest (${digest}).`);
  const mediaType = (response.headers['content-type'] ?? mediaTypes.manifest).split(';')[0]!.trim();
  return { mediaType, digest, bytes };
}

/** Stores a manifest under a digest or a tag. @throws RegistryError where the registry says that it stored another one */
export async function putManifest(
  registry: Caller,
  repository: string,
  reference: string,
  manifest: RawManifest,
): Promise<void> {
  const response = await registry.call({
    method: 'PUT',
    to: `${repository}/manifests/${reference}`,
    scope: push(repository),
    repository,
    headers: { 'content-type': manifest.mediaType },
    body: manifest.bytes,
    expect: [200, 201, 202],
  });
  response.body.resume();
  const stored = response.headers['docker-content-digest'];
  if (typeof stored === 'string' && stored !== manifest.digest)
    throw new RegistryError(
      `${registry.name}/${repository}: the registry stored ${stored} for ${manifest.digest}: it changes manifests.`,
    );
}

/** What a manifest or an index names: the manifests below it, and its blobs. */
export function namedBy({ mediaType, bytes }: RawManifest): {
  readonly manifests: readonly Descriptor[];
  readonly blobs: readonly Descriptor[];
} {
  const content = JSON.parse(bytes.toString('utf8')) as Partial<Index & Manifest>;
  if (isIndex(mediaType)) return { manifests: content.manifests ?? [], blobs: [] };
  return { manifests: [], blobs: [...(content.config ? [content.config] : []), ...(content.layers ?? [])] };
}
