import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import type { Ask } from './smoke';

/** More of an answer than any flow looks at. */
const mostBytes = 10 * 1024 ** 2;

/**
 * Asks over HTTP, one connection for each request; redirects are not followed. Unlike `fetch` it sends the `host` header that a step names, by
 * which a proxy knows its services.
 * @param limit seconds until a request is given up
 */
export function askWithin(limit: number): Ask {
  return ({ method, url, headers, body }) =>
    new Promise((resolve, reject) => {
      const send = url.startsWith('https:') ? requestTls : requestPlain;
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const type = body === undefined ? {} : { 'content-type': 'application/json' };
      const signal = AbortSignal.timeout(limit * 1000);
      const asked = send(url, { method, headers: { ...type, ...length, ...headers }, agent: false, signal });
      asked.on('response', (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes > mostBytes) response.destroy(new Error('the answer has more than 10 MiB'));
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        );
        response.on('error', reject);
      });
      asked.on('error', (error) => reject(signal.aborted ? new Error(`none within ${limit} s`) : error));
      asked.end(body);
    });
}
