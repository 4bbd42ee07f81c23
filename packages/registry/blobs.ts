import { createHash } from 'node:crypto';
import { Readable, Transform } from 'node:stream';
import type { Descriptor } from '../images/descriptor';
import { networkFailure } from './failure';
import { pull, push } from './manifests';
import type { Caller } from './registry';
import { RegistryError } from './registry-error';

/** Does the repository have the blob? */
export async function hasBlob(
  registry: Caller,
  repository: string,
  digest: string,
  scope = pull(repository),
): Promise<boolean> {
  const response = await registry.call({
    method: 'HEAD',
    to: `${repository}/blobs/${digest}`,
    scope,
    repository,
    expect: [200, 404],
  });
  response.body.resume();
  return response.status === 200;
}

/** An upload that the registry has opened: where its bytes go. */
export interface UploadSession {
  readonly url: URL;
}

/** Opens an upload. */
export async function startUpload(registry: Caller, repository: string): Promise<UploadSession> {
  const response = await registry.call({
    method: 'POST',
    to: `${repository}/blobs/uploads/`,
    scope: push(repository),
    repository,
    expect: [202],
  });
  response.body.resume();
  return { url: await locationOf(registry, response.headers.location) };
}

/**
 * Has the registry take a blob over from another of its repositories, so that no byte travels.
 * @returns null where it did, or the upload that it opened instead. A repository that may not be read is one without the blob.
 */
export async function mountBlob(
  registry: Caller,
  repository: string,
  digest: string,
  from: string,
): Promise<UploadSession | null> {
  try {
    const response = await registry.call({
      method: 'POST',
      to: `${repository}/blobs/uploads/?${new URLSearchParams({ mount: digest, from }).toString()}`,
      scope: `${push(repository)} ${pull(from)}`,
      repository,
      expect: [201, 202],
    });
    response.body.resume();
    return response.status === 201 ? null : { url: await locationOf(registry, response.headers.location) };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return await startUpload(registry, repository);
  }
}

/** Where the next request of an upload goes. @throws RegistryError */
export async function locationOf(registry: Caller, location: string | undefined): Promise<URL> {
  if (!location) throw new RegistryError(`${registry.name}: opened an upload and did not say where.`);
  return await registry.resolve(location);
}

/**
 * Downloads a blob as a stream that ends with an error unless it has exactly the bytes of the descriptor.
 * @throws RegistryError where the registry does not have it
 */
export async function fetchBlob(
  registry: Caller,
  repository: string,
  { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
): Promise<Readable> {
  const response = await registry.call({
    method: 'GET',
    to: `${repository}/blobs/${digest}`,
    scope: pull(repository),
    repository,
    expect: [200, 404],
  });
  const where = `${registry.name}/${repository}: blob ${digest}`;
  if (response.status === 404) {
    response.body.resume();
    throw new RegistryError(`${where} is not there.`);
  }
  const verified = verifying(where, digest, size);
  response.body.on('error', (error) =>
    verified.destroy(networkFailure(error, registry.name, (text) => text)),
  );
  return response.body.pipe(verified);
}

/** Passes bytes on while it counts and hashes them. */
function verifying(where: string, digest: string, size: number): Transform {
  const hash = createHash('sha256');
  let length = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      length += chunk.length;
      hash.update(chunk);
      if (length > size)
        done(new RegistryError(`${where} is longer than the ${size} bytes that its descriptor says.`));
      else done(null, chunk);
    },
    flush(done) {
      const right = length === size && `sha256:${hash.digest('hex')}` === digest;
      done(
        right ? null : new RegistryError(`${where} came with other bytes than its digest says. Try again.`),
      );
    },
  });
}
