import { readFileSync } from 'node:fs';
import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { rootCertificates } from 'node:tls';
import { RegistryError } from './registry-error';

/** Bytes of a request; they are opened again for a second try. */
export interface Body {
  readonly length: number;
  open(): Readable | Promise<Readable>;
}

export interface HttpRequest {
  readonly method: 'HEAD' | 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body | Buffer;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
}

/** Milliseconds without a byte in either direction. Writing takes longer: a registry hashes a large layer before it answers. */
export const idleLimits = { read: 60_000, write: 300_000 } as const;

/**
 * One HTTP exchange. Node's http and https, not its fetch: fetch cannot be given a certificate authority, and does not say how far an upload came.
 */
export class Transport {
  private readonly plain = new http.Agent({ keepAlive: true });
  private readonly secure: https.Agent;

  /** @param ca certificate authorities in PEM beside those that Node.js knows; none: Node's own */
  constructor(
    ca: readonly string[] = [],
    private readonly limits: { readonly read: number; readonly write: number } = idleLimits,
  ) {
    this.secure = new https.Agent({
      keepAlive: true,
      ...(ca.length === 0 ? {} : { ca: [...rootCertificates, ...ca] }),
    });
  }

  /** Resolves with the head of the response; its body has to be read or thrown away. @throws the errors of Node.js */
  send({ method, url, headers, body }: HttpRequest): Promise<HttpResponse> {
    const tls = url.protocol === 'https:';
    const length = body?.length ?? (method === 'GET' || method === 'HEAD' ? null : 0);
    return new Promise((resolve, reject) => {
      const request = (tls ? https : http).request(url, {
        method,
        agent: tls ? this.secure : this.plain,
        headers: { ...headers, ...(length === null ? {} : { 'content-length': String(length) }) },
      });
      const limit = method === 'GET' || method === 'HEAD' ? this.limits.read : this.limits.write;
      request.setTimeout(limit, () =>
        request.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })),
      );
      request.once('response', (message: IncomingMessage) =>
        resolve({ status: message.statusCode ?? 0, headers: message.headers, body: message }),
      );
      request.on('error', reject);
      if (body === undefined || Buffer.isBuffer(body)) request.end(body);
      // A registry may refuse before it has read everything: its answer then comes first, and the broken pipe says nothing more.
      else
        Promise.resolve(body.open())
          .then((bytes) => pipeline(bytes, request))
          .catch(reject);
    });
  }

  close(): void {
    this.plain.destroy();
    this.secure.destroy();
  }
}

/** Extra certificate authorities, from the files that TOOLBOX_CA_FILE and NODE_EXTRA_CA_CERTS name. @throws RegistryError where one cannot be read */
export function extraAuthorities(env: NodeJS.ProcessEnv): readonly string[] {
  return ['TOOLBOX_CA_FILE', 'NODE_EXTRA_CA_CERTS'].flatMap((name) => {
    const file = env[name];
    if (!file) return [];
    try {
      return [readFileSync(file, 'utf8')];
    } catch {
      throw new RegistryError(`${file}, which ${name} names, cannot be read. Correct ${name}, or unset it.`);
    }
  });
}

/** Reads a small response. @throws RegistryError where it is longer than registries' own limit for manifests */
export async function readSmall(body: Readable, most = 4 * 1024 * 1024): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > most) {
      body.destroy();
      throw new RegistryError(`The answer is longer than ${most} bytes.`);
    }
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}
