import { redactor } from '../process/redact';
import type { Challenge } from './challenge';
import type { Credentials } from './credentials';
import { RegistryError, TransientError } from './registry-error';
import { readSmall, type Transport } from './transport';

export interface AuthorizerOptions {
  /** Registry as references name it, for messages. */
  readonly registry: string;
  readonly transport: Pick<Transport, 'send'>;
  readonly find: () => Promise<Credentials | null>;
  /** May a secret travel over plain http to this host? */
  readonly mayBePlain: (host: string) => boolean;
}

/**
 * Answers a registry's challenges. A token is kept for the scope that it was asked for, and asked for anew when the registry refuses it, so
 * that a long push outlives its tokens.
 */
export class Authorizer {
  private readonly kept = new Map<string, Promise<string>>();
  private readonly secrets = new Set<string>();
  private found: Promise<Credentials | null> | undefined;

  constructor(private readonly options: AuthorizerOptions) {}

  /** The header for a scope as far as it is known from an earlier challenge. */
  async header(scope: string): Promise<string | undefined> {
    return await this.kept.get(scope);
  }

  /**
   * The header that answers a challenge; null where a new one would be no better than what was refused.
   * @throws RegistryError where there are no credentials, or wrong ones
   */
  async answer(challenge: Challenge, scope: string, refused: string | undefined): Promise<string | null> {
    const kept = this.kept.get(scope);
    // Several uploads are refused at once when a token expires: one of them fetches the next.
    const current = await kept?.catch(() => undefined);
    if (current !== undefined && current !== refused) return current;
    if (this.kept.get(scope) === kept) {
      const next = this.ask(challenge, scope);
      this.kept.set(scope, next);
      next.catch(() => this.kept.get(scope) === next && this.kept.delete(scope));
    }
    const header = await this.kept.get(scope);
    return header === undefined || header === refused ? null : header;
  }

  /** Masks everything secret that this registry was or would be told. */
  redact(text: string): string {
    return redactor([...this.secrets])(text);
  }

  /** Are there credentials, so that a refusal is about rights and not about a missing login? */
  async hasCredentials(): Promise<boolean> {
    return (await this.credentials()) !== null;
  }

  private credentials(): Promise<Credentials | null> {
    return (this.found ??= this.options.find().then((found) => {
      if (found?.kind === 'password') this.keepSecret(found.password, basic(found.username, found.password));
      else if (found) this.keepSecret(found.token);
      return found;
    }));
  }

  private keepSecret(...secrets: readonly string[]): void {
    for (const secret of secrets) this.secrets.add(secret);
  }

  private async ask(challenge: Challenge, scope: string): Promise<string> {
    const found = await this.credentials();
    if (challenge.scheme === 'bearer') return `Bearer ${await this.token(challenge, scope, found)}`;
    if (found?.kind !== 'password') throw this.noCredentials();
    return `Basic ${basic(found.username, found.password)}`;
  }

  private async token(
    challenge: Extract<Challenge, { scheme: 'bearer' }>,
    scope: string,
    credentials: Credentials | null,
  ): Promise<string> {
    const url = this.realm(challenge.realm);
    const scopes = [...new Set([...challenge.scopes, ...scope.split(' ')])].filter(Boolean);
    const response =
      credentials?.kind === 'identity-token'
        ? await this.options.transport.send({
            method: 'POST',
            url,
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            body: Buffer.from(
              new URLSearchParams({
                grant_type: 'refresh_token',
                client_id: 'toolbox',
                refresh_token: credentials.token,
                scope: scopes.join(' '),
                ...(challenge.service === null ? {} : { service: challenge.service }),
              }).toString(),
            ),
          })
        : await this.options.transport.send({
            method: 'GET',
            url: withParameters(url, challenge.service, scopes),
            headers: credentials
              ? { authorization: `Basic ${basic(credentials.username, credentials.password)}` }
              : {},
          });
    const text = (await readSmall(response.body)).toString('utf8');
    const { registry } = this.options;
    if (response.status === 429 || response.status >= 500)
      throw new TransientError(
        `${registry}: its token server ${url.host} answered ${response.status}. Try again later.`,
      );
    if (response.status >= 400) throw credentials ? this.wrongCredentials() : this.noCredentials();
    const token = parseToken(text);
    if (token === null)
      throw new RegistryError(
        `${registry}: its token server ${url.host} gave no token (status ${response.status}).`,
      );
    this.keepSecret(token);
    return token;
  }

  private realm(text: string): URL {
    const url = URL.canParse(text) ? new URL(text) : null;
    const { registry, mayBePlain } = this.options;
    if (url?.protocol === 'https:' || (url?.protocol === 'http:' && mayBePlain(url.host))) return url;
    throw new RegistryError(
      `${registry}: sends its users to a token server without TLS (${url?.host ?? 'no address'}). No password goes there.`,
    );
  }

  wrongCredentials(): RegistryError {
    const { registry } = this.options;
    return new RegistryError(
      `${registry}: the stored user name or password is wrong. Log in again: docker login ${registry}`,
    );
  }

  noCredentials(): RegistryError {
    const { registry } = this.options;
    return new RegistryError(
      `${registry}: asks for a login, and Docker's config.json has none for it. Run: docker login ${registry}`,
    );
  }
}

function basic(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

function withParameters(url: URL, service: string | null, scopes: readonly string[]): URL {
  const full = new URL(url);
  if (service !== null) full.searchParams.set('service', service);
  for (const scope of scopes) full.searchParams.append('scope', scope);
  return full;
}

/** Servers answer with `token`, `access_token`, or both. */
function parseToken(text: string): string | null {
  try {
    const { token, access_token } = JSON.parse(text) as { token?: unknown; access_token?: unknown };
    const found = token ?? access_token;
    return typeof found === 'string' && found !== '' ? found : null;
  } catch {
    return null;
  }
}
