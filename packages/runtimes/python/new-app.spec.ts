import { contentsOf, pinsOf, request } from './fixture-new-app';
import { newApp } from './new-app';
import type { ProjectTargets } from '../runtime';

const files = contentsOf(newApp(request));
const { targets, sourceRoot } = JSON.parse(files['project.json']!) as ProjectTargets;

describe('a new Python app', () => {
  it('has its entry, what every app has, what answers requests, and tests', () => {
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining([
        '.gitignore',
        ...['application', 'jsonrpc', 'main', 'mcp', 'tools'].map((name) => `app/${name}.py`),
        ...['logs', 'operations', 'readiness', 'settings', 'tracing'].map((name) => `app/${name}.py`),
        ...['middleware', 'shutdown'].map((name) => `app/${name}.py`),
        ...['conftest', 'test_mcp', 'test_settings', 'test_shutdown'].map((name) => `tests/${name}.py`),
        ...['project.json', 'pyproject.toml', 'requirements.txt', 'requirements-dev.txt'],
      ]),
    );
    expect(Object.keys(files)).not.toContain('tools.toml');
  });

  it("is scaffolded, and adds nothing to the workspace's package.json", () => {
    const app = newApp(request);
    expect(new Set(app.files.map(({ ownership }) => ownership))).toEqual(new Set(['scaffolded']));
    expect({ ...app.dependencies, ...app.devDependencies }).toEqual({});
  });

  it('takes name, port and folder', () => {
    const root = 'services/shop';
    const shop = contentsOf(newApp({ ...request, name: '@acme/shop', root, port: 4711 }), root);
    expect(shop['app/settings.py']).toContain('or "@acme/shop"');
    expect(shop['pyproject.toml']).toContain('name = "acme-shop"');
    expect(shop['project.json']).toContain('--port 4711');
    expect(shop['project.json']).toContain('"$schema": "../../node_modules/nx/');
    expect(Object.values(shop).join('')).not.toContain('<%');
  });

  it('leaves out the settings of a worker', () => {
    expect(files['app/settings.py']).toContain('allowed_origins');
    expect(files['app/settings.py']).not.toContain('concurrency');
  });

  it('names no address of an index, and no host but its own', () => {
    const addresses = Object.values(files).flatMap((content) => content.match(/\w+:\/\/[\w.-]+/g) ?? []);
    expect(new Set(addresses)).toEqual(
      new Set([
        ...['https://www.w3.org', 'https://www.jsonrpc.org', 'https://modelcontextprotocol.io'],
        ...['https://chat.example.com', 'http://127'],
      ]),
    );
  });
});

describe('its lock files', () => {
  it('pin every package by hashes; those for development are the same and more', () => {
    const runtime = pinsOf(files['requirements.txt']!);
    const development = pinsOf(files['requirements-dev.txt']!);
    expect(runtime).toEqual(expect.arrayContaining([expect.stringMatching(/^uvicorn==/)]));
    expect(development).toEqual(expect.arrayContaining([...runtime]));
    expect(development.some((pin) => pin.startsWith('pytest=='))).toBe(true);
    expect(runtime.some((pin) => pin.startsWith('pytest=='))).toBe(false);
  });

  it('hold every package that pyproject.toml asks for', () => {
    const [, asked] = /\ndependencies = \[([^]*?)\n\]/.exec(files['pyproject.toml']!) ?? [];
    const names = [...asked!.matchAll(/"([a-z0-9-]+)/g)].map(([, name]) => name);
    const pinned = pinsOf(files['requirements.txt']!).map((pin) => pin.split(/[[=]/)[0]);
    expect(names.length).toBeGreaterThan(5);
    expect(pinned).toEqual(expect.arrayContaining(names));
  });

  it('hold nothing without a hash', () => {
    expect(() => pinsOf('redis==8.1.0\n')).toThrow('no pinned package with hashes: redis==8.1.0');
  });
});

describe('its targets', () => {
  it('are these; sources are copied into the image, so there is no build', () => {
    expect(sourceRoot).toBe('apps/api/app');
    expect(Object.keys(targets)).toEqual(['install', 'serve', 'test', 'lint', 'lock']);
  });

  it.each(['test', 'lint'])('%s is cached by sources, tools and Python, never by the environment', (name) => {
    const { cache, dependsOn, inputs } = targets[name] as Record<string, unknown>;
    expect({ cache, dependsOn }).toEqual({ cache: true, dependsOn: ['install'] });
    expect(inputs).toEqual([
      '{projectRoot}/app/**/*.py',
      '{projectRoot}/tests/**/*.py',
      '{projectRoot}/pyproject.toml',
      '{projectRoot}/requirements-dev.txt',
      { runtime: 'python3 --version' },
    ]);
  });

  it('serve goes on until it is stopped', () => {
    expect(targets['serve']).toMatchObject({ continuous: true, dependsOn: ['install'] });
  });

  it('install checks hashes', () => {
    expect(targets['install']!.options!['command']).toContain('--require-hashes');
  });
});
