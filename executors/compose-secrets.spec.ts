import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ComposeConfig } from '../packages/engines/docker/compose-client';
import { prepareSecrets } from './compose-secrets';

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'toolbox-secrets-'))));
afterEach(() => rmSync(root, { recursive: true }));

const source = (name: string) => join(root, 'infrastructure/secrets', name);
const copy = (name: string) => join(root, 'infrastructure/secrets/mounted', name);
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

function config(...names: readonly string[]): ComposeConfig {
  return {
    name: 'acme',
    services: {},
    secrets: Object.fromEntries(names.map((name) => [name, { file: copy(name) }])),
  };
}

test('what is missing is made, strong, for its owner alone; containers get a copy in a folder that is closed', () => {
  expect(prepareSecrets(root, config('redis-password', 'session-key'), 'dev')).toEqual({
    made: ['redis-password', 'session-key'],
    changed: [],
  });
  const value = readFileSync(source('redis-password'), 'utf8');
  // 32 bytes.
  expect(value).toMatch(/^[\w-]{43}$/);
  expect(readFileSync(source('session-key'), 'utf8')).not.toBe(value);
  expect([mode(source('redis-password')), mode(source('')), mode(copy(''))]).toEqual(['600', '700', '700']);
  expect([readFileSync(copy('redis-password'), 'utf8'), mode(copy('redis-password'))]).toEqual([
    value,
    '644',
  ]);
});

test('what is there is kept, and a new value reaches the very file that a container has', () => {
  mkdirSync(source(''), { recursive: true });
  chmodSync(source(''), 0o755);
  writeFileSync(source('redis-password'), 'mine', { mode: 0o600 });
  expect(prepareSecrets(root, config('redis-password'), 'production')).toEqual({ made: [], changed: [] });
  expect(readFileSync(source('redis-password'), 'utf8')).toBe('mine');
  expect(mode(source(''))).toBe('700');
  const { ino } = statSync(copy('redis-password'));
  writeFileSync(source('redis-password'), 'other');
  expect(prepareSecrets(root, config('redis-password'), 'production').changed).toEqual(['redis-password']);
  expect([readFileSync(copy('redis-password'), 'utf8'), statSync(copy('redis-password')).ino]).toEqual([
    'other',
    ino,
  ]);
  expect(prepareSecrets(root, config('redis-password'), 'production').changed).toEqual([]);
});

test.each([
  [
    'payment-key',
    'production',
    /^infrastructure\/secrets\/payment-key is missing\. Write the secret into it/,
  ],
  ['tls-key', 'dev', /^infrastructure\/secrets\/tls-key is missing\..*openssl req -x509/],
])('%s cannot be invented in %s', (name, environment, message) => {
  expect(() => prepareSecrets(root, config('postgres-password', name), environment)).toThrow(message);
  expect(existsSync(source('postgres-password'))).toBe(false);
});

test('a password that Redis would read as something else is refused', () => {
  mkdirSync(source(''), { recursive: true });
  for (const bad of ['a"b', 'a\\b', 'a b']) {
    writeFileSync(source('redis-password'), bad);
    expect(() => prepareSecrets(root, config('redis-password'), 'dev')).toThrow(/redis-password has a quote/);
  }
  writeFileSync(source('redis-password'), 'good+/=\n');
  expect(prepareSecrets(root, config('redis-password'), 'dev').made).toEqual([]);
});

test('a file of the user elsewhere is theirs', () => {
  const own: ComposeConfig = { name: 'acme', services: {}, secrets: { own: { file: join(root, 'own') } } };
  expect(prepareSecrets(root, own, 'dev')).toEqual({ made: [], changed: [] });
  expect(existsSync(source(''))).toBe(false);
});
