import { Readable } from 'node:stream';
import type { Descriptor } from '../images/descriptor';
import { hasBlob, locationOf, startUpload, type UploadSession } from './blobs';
import { push } from './manifests';
import type { Caller, Registry } from './registry';
import { RegistryError, TransientError } from './registry-error';
import { waitAfter } from './retry';

/** A blob and how its bytes are had, from any offset on: a cut upload goes on where the registry has it. */
export interface UploadSource extends Pick<Descriptor, 'digest' | 'size'> {
  open(from: number): Readable | Promise<Readable>;
}

/** The registry computed another digest than the blob is to have. */
export class DigestRefusedError extends RegistryError {}

/** The registry knows the upload no more: what made it drop it is the reason worth telling. */
class UploadDroppedError extends TransientError {}

/**
 * Uploads a blob: one PATCH with all bytes, as Docker does, since some registries take no more than one; then a PUT with the digest. After a
 * cut the registry is asked how far it came, and the rest follows in a PATCH of its own; a registry that gave the upload up gets it anew.
 * @param started an upload that is open already
 * @returns how many bytes were sent, those that had to be sent twice counted twice
 */
export async function uploadBlob(
  registry: Registry,
  repository: string,
  source: UploadSource,
  started?: UploadSession,
): Promise<number> {
  const once = registry.once;
  const counter = { sent: 0 };
  let at: Progress = { session: started ?? (await startUpload(registry, repository)), offset: 0 };
  let delays = [...registry.delays];
  let reason: unknown;
  for (let cut = false; ;) {
    try {
      if (cut) {
        const resumed = await resume(once, repository, source, at);
        if (resumed === 'finished') return counter.sent;
        // A line that is cut now and then still gets a large layer through, as long as it moves on.
        if (resumed.offset > at.offset) delays = [...registry.delays];
        at = resumed;
        cut = false;
      }
      if (at.offset < source.size) at = await sendRest(once, repository, source, at, counter);
      if (at.offset < source.size) continue;
      await commit(once, repository, source.digest, at.session);
      return counter.sent;
    } catch (error) {
      if (reason === undefined || !(error instanceof UploadDroppedError)) reason = error;
      const delay = delays.shift();
      if (delay === undefined) throw reason;
      await waitAfter(error, delay);
      cut = true;
    }
  }
}

interface Progress {
  readonly session: UploadSession;
  /** Bytes that the registry has. */
  readonly offset: number;
}

async function sendRest(
  registry: Caller,
  repository: string,
  source: UploadSource,
  { session, offset }: Progress,
  counter: { sent: number },
): Promise<Progress> {
  const response = await registry.call({
    method: 'PATCH',
    to: session.url,
    scope: push(repository),
    repository,
    headers: {
      'content-type': 'application/octet-stream',
      'content-range': `${offset}-${source.size - 1}`,
    },
    body: {
      length: source.size - offset,
      open: async () => Readable.from(counted(await source.open(offset), counter), { objectMode: false }),
    },
    expect: [202, 204, 404],
  });
  response.body.resume();
  if (response.status === 404) throw dropped(registry, repository);
  const next = { url: await locationOf(registry, response.headers.location) };
  const taken = bytesTaken(response.headers.range) ?? source.size;
  if (taken <= offset)
    throw new RegistryError(`${registry.name}/${repository}: took none of the bytes that were sent.`);
  return { session: next, offset: taken };
}

async function* counted(bytes: Readable, counter: { sent: number }): AsyncGenerator<Buffer> {
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    counter.sent += chunk.length;
    yield chunk;
  }
}

async function commit(
  registry: Caller,
  repository: string,
  digest: string,
  { url }: UploadSession,
): Promise<void> {
  const to = new URL(url);
  to.searchParams.set('digest', digest);
  const response = await registry.call({
    method: 'PUT',
    to,
    scope: push(repository),
    repository,
    headers: { 'content-type': 'application/octet-stream' },
    expect: [201, 204, 400, 404],
  });
  response.body.resume();
  if (response.status === 404) throw dropped(registry, repository);
  if (response.status !== 400) return;
  throw new DigestRefusedError(
    `${registry.name}/${repository}: the registry received other bytes than those of ${digest}.`,
  );
}

function dropped({ name }: Caller, repository: string): UploadDroppedError {
  return new UploadDroppedError(`${name}/${repository}: the registry dropped an upload half-way. Try again.`);
}

/** Where to go on after a failure. A status that cannot be had means that the registry has dropped the upload. */
async function resume(
  registry: Caller,
  repository: string,
  source: UploadSource,
  { session }: Progress,
): Promise<Progress | 'finished'> {
  // The answer to the last request may be what was lost.
  if (await hasBlob(registry, repository, source.digest, push(repository))) return 'finished';
  try {
    const response = await registry.call({
      method: 'GET',
      to: session.url,
      scope: push(repository),
      repository,
      expect: [204],
    });
    response.body.resume();
    const taken = bytesTaken(response.headers.range);
    const url = response.headers.location
      ? await locationOf(registry, response.headers.location)
      : session.url;
    if (taken !== null && taken <= source.size) return { session: { url }, offset: taken };
  } catch (error) {
    if (error instanceof TransientError || !(error instanceof RegistryError)) throw error;
  }
  return { session: await startUpload(registry, repository), offset: 0 };
}

/** `0-1023` is 1024 bytes. `0-0` is no answer: registries write it for nothing, too. */
function bytesTaken(range: string | undefined): number | null {
  const [, last] = /^(?:bytes=)?0-(\d+)$/.exec(range ?? '') ?? [];
  return last === undefined || last === '0' ? null : Number(last) + 1;
}
