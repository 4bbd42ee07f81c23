import { FixtureServer, bodyOf, type Answer } from './fixture-server';
import { fetchBlob, mountBlob } from './blobs';
import { fetchManifest, findDigest } from './manifests';
import { sha256 } from '../images/layout';
import type { Credentials } from './credentials';
import type { Registry } from './registry';

const digest = sha256('manifest');
const user: Credentials = { kind: 'password', username: 'me', password: 'hunter2' };
const basic = `Basic ${Buffer.from('me:hunter2').toString('base64')}`;
const found = { status: 200, headers: { 'docker-content-digest': digest } };

let server: FixtureServer;
let elsewhere: FixtureServer;
let clients: Registry[];
beforeEach(async () => {
  server = await new FixtureServer().listen();
  elsewhere = await new FixtureServer().listen();
  clients = [];
});
afterEach(() => {
  for (const client of clients) client.close();
  server.close();
  elsewhere.close();
});

function client(credentials: Credentials | null = null): Registry {
  const made = server.client(credentials);
  clients.push(made);
  return made;
}
const head = (registry: Registry) => findDigest(registry, 'acme/api', 'dev');
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no failure',
    (error: Error) => error.message.replaceAll(server.address, 'HOST'),
  );

describe('tokens', () => {
  /** A registry whose token server gives token 1, then 2 … to the right login. */
  function guarded(accepts: () => string): void {
    let given = 0;
    server.handle = async (request) => {
      if (request.url.startsWith('/token')) {
        const body = (await bodyOf(request)).toString('utf8');
        if (request.headers.authorization !== basic && !body.includes('refresh_token=refresh'))
          return { status: 401 };
        return { status: 200, body: JSON.stringify({ token: `token${(given += 1)}` }) };
      }
      if (request.headers.authorization === `Bearer ${accepts()}`) return found;
      const challenge = `Bearer realm="http://${server.address}/token",service="s",scope="repository:acme/api:pull"`;
      return { status: 401, headers: { 'www-authenticate': challenge } };
    };
  }

  it('are fetched with the login once for a scope, and anew when they have expired', async () => {
    let accepts = 'token1';
    guarded(() => accepts);
    const registry = client(user);
    expect(await head(registry)).toBe(digest);
    expect(await head(registry)).toBe(digest);
    accepts = 'token2';
    expect(await Promise.all([head(registry), head(registry)])).toEqual([digest, digest]);
    const tokens = server.requests.filter((request) => request.includes('/token'));
    expect(tokens).toEqual(Array(2).fill(`GET /token?service=s&scope=repository:acme/api:pull ${basic}`));
  });

  it('are traded for an identity token', async () => {
    guarded(() => 'token1');
    expect(await head(client({ kind: 'identity-token', token: 'refresh' }))).toBe(digest);
    expect(server.requests).toContain('POST /token');
  });

  it('that nobody gives are a wrong login, none, or a missing right', async () => {
    guarded(() => 'token1');
    expect(await failure(head(client({ ...user, password: 'hunter3' })))).toBe(
      'HOST: the stored user name or password is wrong. Log in again: docker login HOST',
    );
    expect(await failure(head(client()))).toBe(
      "HOST: asks for a login, and Docker's config.json has none for it. Run: docker login HOST",
    );
    guarded(() => 'never');
    expect(await failure(head(client(user)))).toMatch(/^HOST\/acme\/api: no permission\. /);
  });

  it('are not asked for over plain http elsewhere', async () => {
    server.handle = () => ({
      status: 401,
      headers: { 'www-authenticate': 'Bearer realm="http://auth.example.com/token"' },
    });
    expect(await failure(head(client(user)))).toBe(
      'HOST: sends its users to a token server without TLS (auth.example.com). No password goes there.',
    );
  });

  it('and passwords do not show up where a registry repeats them', async () => {
    server.handle = (request) => {
      if (!request.headers.authorization)
        return { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } };
      const errors = [
        { code: 'DENIED', message: `me:hunter2 (${request.headers.authorization}) may not\u001b[2J` },
      ];
      return { status: 403, body: JSON.stringify({ errors }) };
    };
    const told = await failure(fetchManifest(client(user), 'acme/api', 'dev'));
    expect(told).toBe(
      'HOST/acme/api: no permission (DENIED: me:*** (Basic ***) may not [2J). Ask for the right to push there, or log in as somebody else: docker login HOST',
    );
  });
});

describe('a registry that is busy', () => {
  it('is asked again after the time that it names', async () => {
    let asked = 0;
    server.handle = () => ((asked += 1) < 3 ? { status: 429, headers: { 'retry-after': '0' } } : found);
    expect(await head(client())).toBe(digest);
    expect(asked).toBe(3);
  });

  it('is given up where the time is too long, or the tries are used up', async () => {
    server.handle = () => ({ status: 429, headers: { 'retry-after': '3600' } });
    expect(await failure(head(client()))).toBe('HOST/acme/api: too many requests. Try again later.');
    expect(server.requests).toHaveLength(1);
    server.handle = () => ({ status: 503 });
    expect(await failure(head(client()))).toMatch(/^HOST\/acme\/api: the registry answered 503\./);
    expect(server.requests).toHaveLength(1 + 4);
  });

  it('that says nothing is given up in time', async () => {
    server.handle = () => undefined;
    expect(await failure(head(client()))).toBe('HOST: gave no answer in time. Try again later.');
  });
});

describe('a blob', () => {
  const bytes = Buffer.from('layer');
  const blob = { digest: sha256(bytes), size: bytes.length };
  const download = async (registry: Registry) => {
    const parts: Buffer[] = [];
    for await (const chunk of await fetchBlob(registry, 'acme/api', blob)) parts.push(chunk as Buffer);
    return Buffer.concat(parts);
  };

  it('is followed to where it lies, and the login stays behind', async () => {
    elsewhere.handle = () => ({ status: 200, body: bytes });
    server.handle = (request): Answer =>
      request.headers.authorization
        ? { status: 307, headers: { location: `http://${elsewhere.address}/there?signature=x` } }
        : { status: 401, headers: { 'www-authenticate': 'Basic' } };
    expect(await download(client(user))).toEqual(bytes);
    expect(elsewhere.requests).toEqual(['GET /there?signature=x']);
  });

  it('is not followed to another machine over plain http', async () => {
    server.handle = () => ({ status: 307, headers: { location: 'http://storage.example.com/there' } });
    expect(await failure(download(client()))).toBe(
      'HOST: sends its clients to storage.example.com without TLS. Nothing is sent there.',
    );
  });

  it.each([
    ['other', 'came with other bytes than its digest says'],
    ['short', 'came with other bytes than its digest says'],
    ['longer than it should be', 'is longer than the 5 bytes that its descriptor says'],
  ])('with other bytes (%s) is refused', async (body, why) => {
    server.handle = () => ({ status: 200, body: body === 'short' ? 'lay' : body });
    expect(await failure(download(client()))).toContain(`HOST/acme/api: blob ${blob.digest} ${why}`);
  });

  it('that may not be mounted is uploaded', async () => {
    server.handle = (request) =>
      request.url.includes('mount=')
        ? { status: 403 }
        : { status: 202, headers: { location: '/v2/upload/1' } };
    const session = await mountBlob(client(), 'acme/api', blob.digest, 'acme/other');
    expect(session?.url.pathname).toBe('/v2/upload/1');
  });
});

it('refuses a manifest with another digest than it was asked for', async () => {
  server.handle = () => ({ status: 200, body: 'another' });
  expect(await failure(fetchManifest(client(), 'acme/api', digest))).toBe(
    `HOST/acme/api@${digest}: the registry sent another manifest (${sha256('another')}).`,
  );
});
