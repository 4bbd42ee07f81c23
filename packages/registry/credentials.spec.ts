import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findCredentials } from './credentials';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'toolbox-credentials-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const base64 = (text: string) => Buffer.from(text).toString('base64');
function find(registry: string, config?: unknown) {
  if (config !== undefined)
    writeFileSync(join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  return findCredentials(registry, { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env['PATH']}` });
}
function helper(name: string, script: string) {
  const file = join(folder, `docker-credential-${name}`);
  writeFileSync(file, `#!/bin/sh\nread server\n${script}\n`);
  chmodSync(file, 0o755);
}
const password = (username: string, secret: string) => ({ kind: 'password', username, password: secret });

it('finds nothing where nobody logged in', async () => {
  expect(await find('example.com')).toBeNull();
  expect(await find('example.com', { auths: { 'other.example.com': { auth: base64('a:b') } } })).toBeNull();
});

it.each([
  ['example.com', 'example.com'],
  ['example.com', 'https://example.com/v1/'],
  ['example.com:5000', 'http://example.com:5000'],
  ['docker.io', 'https://index.docker.io/v1/'],
])('finds the login for %s under %s', async (registry, key) => {
  expect(await find(registry, { auths: { [key]: { auth: base64('me:pass:word') } } })).toEqual(
    password('me', 'pass:word'),
  );
});

it('takes a token that is stored beside a login', async () => {
  const auths = { 'example.com': { auth: base64('me:'), identitytoken: 'refresh' } };
  expect(await find('example.com', { auths })).toEqual({ kind: 'identity-token', token: 'refresh' });
});

it("asks a registry's own helper first, and the store before the file", async () => {
  helper('own', `echo '{"Username":"<token>","Secret":"'"$server"'"}'`);
  helper('store', `echo '{"Username":"stored","Secret":"s"}'`);
  helper('empty', 'echo "credentials not found in native keychain"; exit 1');
  const auths = { 'example.com': { auth: base64('filed:f') } };
  const credHelpers = { 'example.com': 'own' };
  expect(await find('example.com', { auths, credHelpers, credsStore: 'store' })).toEqual({
    kind: 'identity-token',
    token: 'example.com',
  });
  expect(await find('example.com', { auths, credsStore: 'store' })).toEqual(password('stored', 's'));
  expect(await find('example.com', { auths, credsStore: 'empty' })).toEqual(password('filed', 'f'));
});

it('tells one line, without any secret, where a helper or the file is broken', async () => {
  helper('broken', 'echo "token hunter2 has expired" >&2; exit 3');
  helper('chatty', 'echo "hunter2"');
  const failure = (config: unknown) =>
    find('example.com', config).then(String, (error: Error) => error.message);
  const told = [
    await failure({ credsStore: 'broken' }),
    await failure({ credsStore: 'chatty' }),
    await failure({ credsStore: 'absent' }),
    await failure({ credsStore: '../../evil' }),
    await failure({ auths: { 'example.com': { auth: base64('hunter2') } } }),
    await failure('{ "auths": "hunter2'),
  ];
  expect(told.map((line) => line.replaceAll(folder, '~'))).toEqual([
    'docker-credential-broken failed (exit code 3). See why with: echo example.com | docker-credential-broken get',
    'docker-credential-chatty did not answer with a user name and a secret. See why with: echo example.com | docker-credential-chatty get',
    'docker-credential-absent was not found; ~/config.json names it for example.com. Install it, or run: docker login example.com',
    '~/config.json: "../../evil" is not the name of a credential helper.',
    '~/config.json: auths: example.com: auth is not base64 of user:password. Run: docker login example.com',
    '~/config.json: is not a JSON object. Correct it, or run: docker login',
  ]);
});
