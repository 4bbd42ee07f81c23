import { parsePluginOptions, parseStackDescription } from './parse';

describe('parseStackDescription', () => {
  test('reads a stack', () => {
    const text =
      'name: acme\nregistry: registry.example.com:5000/acme\ndefaults: { budgets: { node: 180MB } }\n';
    expect(parseStackDescription(text, 'infrastructure/toolbox.yaml')).toEqual({
      name: 'acme',
      registry: 'registry.example.com:5000/acme',
      defaults: { budgets: { node: '180MB' } },
    });
  });

  test.each([
    [
      'registry: https://registry.example.com',
      'is not a registry such as registry.example.com/acme (no https://, no slash at the end)',
    ],
    [
      'registry: registry.example.com/',
      'is not a registry such as registry.example.com/acme (no https://, no slash at the end)',
    ],
    ['name: Acme', 'is not a DNS label such as acme'],
    ['environments: []', 'is empty. Give it a value or remove the key'],
    ['defaults: { uidStart: 500 }', '500 is not in 1001–65533'],
  ])('%s', (text, message) => {
    expect(() => parseStackDescription(text, 'infrastructure/toolbox.yaml')).toThrow(message);
  });
});

describe('parsePluginOptions', () => {
  test.each([undefined, null, {}])('%s is no options', (options) => {
    expect(parsePluginOptions(options)).toEqual({});
  });

  test.each<[string, unknown, string]>([
    [
      'an unknown option',
      { regstry: '' },
      'nx.json: options of toolbox: regstry is not a key. Did you mean registry?',
    ],
    [
      'an unknown engine',
      { engine: 'dockr' },
      'nx.json: options of toolbox: engine: "dockr" is not docker or podman. Did you mean docker?',
    ],
    [
      'an unknown target',
      { targetNames: { build: 'x' } },
      'nx.json: options of toolbox: targetNames: build is not a key. Use compose-down, compose-logs,',
    ],
    ['no map', 'x', 'nx.json: options of toolbox: "x" is not a map'],
    [
      'an image',
      { images: { node: 'a b' } },
      'nx.json: options of toolbox: images.node: "a b" is not an image reference such as',
    ],
    [
      'a platform',
      { platforms: ['arm64'] },
      'nx.json: options of toolbox: platforms[0]: "arm64" is not a platform such as linux/amd64',
    ],
  ])('%s', (_, options, message) => {
    expect(() => parsePluginOptions(options)).toThrow(message);
  });

  test('image references', () => {
    const images = {
      'node-24-slim': 'mirror.example.com:5000/a/node:24.1.0-slim',
      alpine: `alpine:3.20@sha256:${'a'.repeat(64)}`,
    };
    expect(parsePluginOptions({ images })).toEqual({ images });
  });
});
