import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Credentials } from './credentials';
import { Registry } from './registry';

/** What a handler answers; nothing: it has dealt with the request itself. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

type Handler = (
  request: IncomingMessage & { readonly url: string },
  response: ServerResponse,
) => Answer | undefined | Promise<Answer | undefined>;

/** A server on this machine for the faults that a real registry cannot be made to have. */
export class FixtureServer {
  /** Each `METHOD path`, in order, with `authorization` where there was one. */
  readonly requests: string[] = [];
  handle: Handler = () => ({ status: 404 });
  private readonly server = createServer((request, response) => {
    const { method, url = '', headers } = request;
    this.requests.push([method, decodeURIComponent(url), headers.authorization].filter(Boolean).join(' '));
    // The way to find out whether TLS is spoken ends before: what comes here is plain http.
    void Promise.resolve(this.handle(Object.assign(request, { url }), response)).then((answer) => {
      if (!answer) return;
      request.resume();
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A client of it that does not wait long. */
  client(credentials: Credentials | null = null): Registry {
    return new Registry(this.address, {
      env: {},
      credentials: () => Promise.resolve(credentials),
      delays: [1, 1, 1],
      idleLimits: { read: 500, write: 500 },
    });
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** The body of a request. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of request) parts.push(chunk as Buffer);
  return Buffer.concat(parts);
}
