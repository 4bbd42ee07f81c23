import { Authorizer } from './authorizer';
import { parseChallenge } from './challenge';
import { findCredentials, type Credentials } from './credentials';
import { failureOf, isTlsMismatch, networkFailure } from './failure';
import { apiHost, isLoopback } from './reference';
import { RegistryError } from './registry-error';
import { backOff, retrying } from './retry';
import { extraAuthorities, Transport, type Body, type HttpRequest, type HttpResponse } from './transport';

export interface RegistryOptions {
  /** Registries that may be spoken to over plain http. Those on this machine always may. */
  readonly insecure?: readonly string[];
  /** Default: what Docker's config.json and its helpers say. */
  readonly credentials?: () => Promise<Credentials | null>;
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds before each further try. */
  readonly delays?: readonly number[];
  /** Milliseconds without a byte before a request fails. */
  readonly idleLimits?: { readonly read: number; readonly write: number };
}

/** One call of the registry's API. */
export interface Call {
  readonly method: HttpRequest['method'];
  /** Path below `/v2/`, or a full address that the registry itself gave. */
  readonly to: string | URL;
  /** What is done to which repositories: `repository:acme/api:pull,push`, several with a blank between them. */
  readonly scope: string;
  readonly repository: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body | Buffer;
  /** Statuses that are answers; any other is an error. */
  readonly expect: readonly number[];
}

/** Something that calls a registry: with its tries, or once. */
export interface Caller {
  /** Registry as references name it. */
  readonly name: string;
  /** @throws RegistryError; TransientError where the same call may work later */
  call(call: Call): Promise<HttpResponse>;
  /** Full address of what the registry points to. @throws RegistryError where it is not to be trusted */
  resolve(to: string | URL): Promise<URL>;
}

const redirects = [301, 302, 303, 307, 308];

/** A registry that is spoken to: finds out how (TLS, login), and keeps that for all calls. */
export class Registry implements Caller {
  /** Milliseconds before each further try. */
  readonly delays: readonly number[];
  /** Calls it without further tries, for what does not mean the same a second time. */
  readonly once: Caller;
  private readonly transport: Transport;
  private readonly authorizer: Authorizer;
  private base: Promise<URL> | undefined;

  /** @param name host and port as references write it, e.g. `registry.example.com` or `docker.io` */
  constructor(
    readonly name: string,
    private readonly options: RegistryOptions = {},
  ) {
    const env = options.env ?? process.env;
    this.delays = options.delays ?? backOff;
    this.once = { name, call: (call) => this.attempt(call), resolve: (to) => this.resolve(to) };
    this.transport = new Transport(extraAuthorities(env), options.idleLimits);
    this.authorizer = new Authorizer({
      registry: name,
      transport: this.transport,
      find: options.credentials ?? (() => findCredentials(name, env)),
      mayBePlain: (host) => this.mayBePlain(host),
    });
  }

  call(call: Call): Promise<HttpResponse> {
    return retrying(() => this.attempt(call), this.delays);
  }

  /** Address of a path below `/v2/`. A full one stays, in TLS where the registry is spoken to in TLS. */
  async resolve(to: string | URL): Promise<URL> {
    const base = await (this.base ??= this.findBase());
    const url = new URL(to, base);
    // A proxy that ends TLS lets the registry behind it think that it is spoken to in plain http.
    if (url.protocol === 'http:' && base.protocol === 'https:' && url.host === base.host)
      url.protocol = 'https:';
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && this.mayBePlain(url.host)))
      throw new RegistryError(
        `${this.name}: sends its clients to ${url.host} without TLS. Nothing is sent there.`,
      );
    return url;
  }

  /** Closes the connections that are kept for the next call. */
  close(): void {
    this.transport.close();
  }

  private mayBePlain(host: string): boolean {
    return isLoopback(host) || (this.options.insecure ?? []).includes(host);
  }

  /** TLS, and plain http only where that is allowed and TLS is not spoken. */
  private async findBase(): Promise<URL> {
    const host = apiHost(this.name);
    const secure = new URL(`https://${host}/v2/`);
    try {
      (await this.transport.send({ method: 'GET', url: secure })).body.resume();
      return secure;
    } catch (error) {
      const cut = (error as NodeJS.ErrnoException).code === 'ECONNRESET';
      if (this.mayBePlain(host) && (isTlsMismatch(error) || cut)) return new URL(`http://${host}/v2/`);
      // The next call may have better luck.
      this.base = undefined;
      throw networkFailure(error, host, (text) => text);
    }
  }

  private async attempt(call: Call): Promise<HttpResponse> {
    const url = await this.resolve(call.to);
    const known = await this.authorizer.header(call.scope);
    const first = await this.follow(call, url, known);
    if (first.status !== 401) return await this.judge(call, first);
    const challenge = parseChallenge(first.headers['www-authenticate']);
    if (!challenge) return await this.judge(call, first);
    first.body.resume();
    const header = await this.authorizer.answer(challenge, call.scope, known);
    if (header === null) throw await this.refused(challenge.scheme, call);
    const second = await this.follow(call, url, header);
    if (second.status === 401 && challenge.scheme === 'basic') throw this.authorizer.wrongCredentials();
    return await this.judge(call, second);
  }

  private async refused(scheme: 'basic' | 'bearer', { repository }: Call): Promise<RegistryError> {
    if (scheme === 'basic') return this.authorizer.wrongCredentials();
    if (!(await this.authorizer.hasCredentials())) return this.authorizer.noCredentials();
    return new RegistryError(
      `${this.name}/${repository}: no permission. Ask for the right to push there, or log in as somebody else: docker login ${this.name}`,
    );
  }

  /** Registries keep blobs elsewhere: the way there is followed, and the registry's token does not come along. */
  private async follow(call: Call, url: URL, authorization: string | undefined): Promise<HttpResponse> {
    const { origin } = await this.resolve('');
    let at = url;
    for (let hop = 0; ; hop += 1) {
      const own = at.origin === origin && authorization !== undefined;
      const response = await this.send(call, at, own ? { authorization } : {});
      const location = response.headers.location;
      const reading = call.method === 'GET' || call.method === 'HEAD';
      if (!reading || !location || !redirects.includes(response.status) || hop === 5) return response;
      response.body.resume();
      at = await this.resolve(new URL(location, at));
    }
  }

  private async send(call: Call, url: URL, authorization: Record<string, string>): Promise<HttpResponse> {
    const { method, headers, body } = call;
    try {
      return await this.transport.send({ method, url, headers: { ...headers, ...authorization }, body });
    } catch (error) {
      throw networkFailure(error, url.host, (text) => this.authorizer.redact(text));
    }
  }

  private async judge(call: Call, response: HttpResponse): Promise<HttpResponse> {
    if (call.expect.includes(response.status)) return response;
    // Without credentials a refusal is a missing login more often than a missing right.
    if (response.status === 401 && !(await this.authorizer.hasCredentials()))
      throw this.authorizer.noCredentials();
    const subject = { registry: this.name, repository: call.repository };
    throw await failureOf(response, subject, (text) => this.authorizer.redact(text));
  }
}
