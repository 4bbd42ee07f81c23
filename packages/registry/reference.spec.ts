import { apiHost, isLoopback, parseReference } from './reference';

const digest = `sha256:${'a'.repeat(64)}`;

it.each([
  ['node', 'docker.io', 'library/node', null, false],
  ['acme/api:1.2.3', 'docker.io', 'acme/api', '1.2.3', false],
  ['docker.io/node:24', 'docker.io', 'library/node', '24', true],
  ['localhost/api', 'localhost', 'api', null, true],
  ['registry.example.com/acme/deep/api:dev', 'registry.example.com', 'acme/deep/api', 'dev', true],
  ['127.0.0.1:5000/api', '127.0.0.1:5000', 'api', null, true],
  ['registry:5000/api:dev', 'registry:5000', 'api', 'dev', true],
  ['[::1]:5000/api', '[::1]:5000', 'api', null, true],
])('%s lies in %s', (text, registry, repository, tag, named) => {
  expect(parseReference(text)).toEqual({ registry, repository, tag, digest: null, named });
});

it('takes a digest, with a tag before it or without', () => {
  expect(parseReference(`example.com/api@${digest}`)).toMatchObject({ tag: null, digest });
  expect(parseReference(`example.com/api:1.2@${digest}`)).toMatchObject({ tag: '1.2', digest });
});

it.each([
  '',
  'Acme/api',
  'https://example.com/api',
  'example.com/api:',
  'example.com/',
  'a/../b',
  'api:-x',
  'a b',
])('refuses %j in one line', (text) => {
  expect(() => parseReference(text)).toThrow(/^".*" is not an image reference such as [^\n]+$/);
});

it('knows the registries of this machine, and where Docker serves its own', () => {
  const local = ['localhost', 'localhost:5000', '127.0.0.1:80', '127.1.2.3', '[::1]:5000', 'a.localhost'];
  expect(local.filter((registry) => !isLoopback(registry))).toEqual([]);
  const others = ['127.0.0.1.example.com', 'localhost.example.com', '128.0.0.1', 'example.com:127'];
  expect(others.filter(isLoopback)).toEqual([]);
  expect([apiHost('docker.io'), apiHost('ghcr.example.com')]).toEqual([
    'index.docker.io',
    'ghcr.example.com',
  ]);
});
