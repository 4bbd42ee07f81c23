import fc from 'fast-check';
import { DescriptionError } from './description-error';
import { acmeStack, runtimeDefaults, serviceDescriptions } from './fixture-arbitraries';
import { resolveService, type OtherService } from './resolve-service';
import type { ServiceDescription } from './service.gen';
import serviceSchema from './service.schema.json';
import type { ProjectFacts, Stack } from './types';

const api: ProjectFacts = { name: 'api', root: 'apps/api' };

function resolve(description: Partial<ServiceDescription> = {}, more: More = {}) {
  const { facts = api, stack = acmeStack, others = [], environment } = more;
  return resolveService(
    { runtime: 'node', ...description },
    facts,
    stack,
    runtimeDefaults,
    others,
    environment,
  );
}

interface More {
  readonly facts?: ProjectFacts;
  readonly stack?: Stack;
  readonly others?: readonly OtherService[];
  readonly environment?: string;
}

describe('defaults', () => {
  test('a service of which only the runtime is known', () => {
    expect(resolve()).toEqual({
      name: 'api',
      slug: 'api',
      root: 'apps/api',
      runtime: 'node',
      runtimeVersion: '24',
      base: 'distroless',
      image: { repository: 'acme/api' },
      port: 3000,
      uid: 1001,
      gid: 1001,
      health: {
        live: { kind: 'http', path: '/health' },
        ready: { kind: 'http', path: '/ready' },
        startSeconds: 30,
      },
      uses: [],
      calls: [],
      outside: [],
      expose: null,
      proxy: { tls: false, bodyLimit: '10m', timeout: '60s' },
      roles: [],
      resources: { cpu: { request: '100m', limit: '1' }, memory: { request: '128Mi', limit: '512Mi' } },
      scale: { min: 2, max: 10, cpu: 70, memory: 80 },
      writes: ['/tmp'],
      budget: { bytes: 200e6, text: '200MB', of: 'uncompressed' },
      slo: null,
      settings: { NODE_ENV: 'production' },
      secrets: [],
      build: {
        target: 'build',
        output: 'dist/apps/api',
        main: 'main.js',
        dependencies: 'bundled',
        lockfile: null,
        packageManager: 'npm',
      },
      environments: [],
    });
  });

  test('what the schema says of defaults is what resolve does', () => {
    const defaults = schemaDefaults(
      serviceSchema.properties as unknown as Readonly<Record<string, PropertySchema>>,
    );
    expect(Object.keys(defaults).length).toBeGreaterThan(8);
    expect(resolve(defaults as Partial<ServiceDescription>)).toEqual(resolve());
  });

  test('detected facts come before the runtime, the description before both', () => {
    const facts: ProjectFacts = {
      ...api,
      detected: {
        port: 3333,
        live: { kind: 'tcp' },
        runtimeVersion: '22',
        settings: { A: 'detected', NODE_ENV: 'test' },
        build: {
          target: 'bundle',
          output: 'out',
          main: 'server.cjs',
          dependencies: 'pruned',
          packageManager: 'pnpm',
        },
      },
    };
    const detected = resolve({}, { facts });
    expect(detected.port).toBe(3333);
    expect(detected.health.live).toEqual({ kind: 'tcp' });
    expect(detected.runtimeVersion).toBe('22');
    expect(detected.settings).toEqual({ A: 'detected', NODE_ENV: 'test' });
    expect(detected.build).toEqual({ ...facts.detected!.build, lockfile: null });
    const described = resolve(
      { port: 1, version: 24, settings: { A: true }, build: { target: null } },
      { facts },
    );
    expect(described.port).toBe(1);
    expect(described.runtimeVersion).toBe('24');
    expect(described.settings).toEqual({ A: 'true', NODE_ENV: 'test' });
    expect(described.build).toEqual({ ...facts.detected!.build, lockfile: null, target: null });
  });

  test('a runtime may build otherwise, and run in several roles', () => {
    const [worker, beat] = ['worker', 'beat'].map((name) => ({
      name,
      command: [name],
      single: false,
      writes: [],
    }));
    const runtime = {
      ...runtimeDefaults,
      build: { target: null, dependencies: 'locked' as const, main: 'app.worker:app' },
      roles: [worker!, beat!],
    };
    const of = (description: Partial<ServiceDescription>) =>
      resolveService({ runtime: 'celery', ...description }, api, acmeStack, runtime, []);
    expect(of({}).build).toMatchObject({
      target: null,
      output: 'apps/api',
      main: 'app.worker:app',
      dependencies: 'locked',
      lockfile: null,
    });
    expect(of({ build: { lockfile: 'apps/api/./uv.lock' } }).build.lockfile).toBe('apps/api/uv.lock');
    expect(of({}).roles).toEqual([worker, beat]);
    expect(of({ roles: ['beat'] }).roles).toEqual([beat]);
    expect(() => of({ roles: ['beat', 'bete'] })).toThrow(
      'apps/api/toolbox.yaml: roles[1]: bete is not a role of celery. Use worker or beat.',
    );
    expect(() => resolve({ roles: ['beat'] })).toThrow('roles: the runtime node has no roles. Remove it');
    expect(() => of({ build: { lockfile: '../uv.lock' } })).toThrow('build.lockfile');
  });

  test('a detected version that the runtime does not have gives way', () => {
    expect(resolve({}, { facts: { ...api, detected: { runtimeVersion: '18' } } }).runtimeVersion).toBe('24');
  });

  test('the image is named by the registry, or by the stack without one', () => {
    const stack = { ...acmeStack, registry: 'registry.example.com/team' };
    const facts = { name: '@acme/api', root: 'apps/api' };
    expect(resolve({}, { stack, facts }).image.repository).toBe('registry.example.com/team/acme-api');
    expect(resolve({ image: { repository: 'x/y' } }, { stack }).image.repository).toBe('x/y');
  });

  test('a project at the root of the workspace', () => {
    const service = resolve({}, { facts: { name: 'api', root: '.' } });
    expect(service.build.output).toBe('dist');
    expect(() => resolve({ port: 0.5, version: 1 }, { facts: { name: 'api', root: '.' } })).toThrow(
      /^toolbox\.yaml: version/,
    );
  });
});

describe('health', () => {
  test.each<[ServiceDescription['health'], object]>([
    [{ live: 'tcp' }, { live: { kind: 'tcp' }, ready: { kind: 'http', path: '/ready' }, startSeconds: 30 }],
    [
      { ready: '/up', start: '2m' },
      { ready: { kind: 'http', path: '/up' }, startSeconds: 120 },
    ],
    [{ start: '45s' }, { startSeconds: 45 }],
    [{ start: 5 }, { startSeconds: 5 }],
  ])('%j', (health, expected) => {
    expect(resolve({ health }).health).toMatchObject(expected);
  });
});

describe('budget', () => {
  test('service, then stack, then plugin, then runtime', () => {
    const withPlugin = { ...acmeStack, defaults: { ...acmeStack.defaults, budget: '90MB' } };
    const withBoth = { ...withPlugin, defaults: { ...withPlugin.defaults, budgets: { node: '80MiB' } } };
    expect(resolve({ base: 'slim' }).budget.text).toBe('250MB');
    expect(resolve({}, { stack: withPlugin }).budget.text).toBe('90MB');
    expect(resolve({}, { stack: withBoth }).budget).toEqual({
      bytes: 80 * 2 ** 20,
      text: '80MiB',
      of: 'uncompressed',
    });
    expect(resolve({ budget: { compressed: '1.5GB' } }, { stack: withBoth }).budget).toEqual({
      bytes: 1.5e9,
      text: '1.5GB',
      of: 'compressed',
    });
  });
});

describe('scale', () => {
  test.each<[ServiceDescription['scale'], { min: number; max: number }]>([
    [{ min: 20 }, { min: 20, max: 20 }],
    [{ max: 1 }, { min: 1, max: 1 }],
    [
      { min: 3, max: 4 },
      { min: 3, max: 4 },
    ],
  ])('%j', (scale, expected) => {
    expect(resolve({ scale }).scale).toMatchObject(expected);
  });
});

describe('environments', () => {
  const description: Partial<ServiceDescription> = {
    scale: { min: 3, cpu: 50 },
    settings: { A: '1', B: '2' },
    secrets: ['x'],
    expose: { host: 'api.example.com', path: '/v1' },
    env: {
      staging: {
        scale: { min: 1 },
        settings: { B: '3' },
        secrets: ['y'],
        expose: { host: 'staging.example.com' },
      },
    },
  };

  test('maps are merged, lists are replaced', () => {
    const service = resolve(description, { environment: 'staging' });
    expect(service.scale).toEqual({ min: 1, max: 10, cpu: 50, memory: 80 });
    expect(service.settings).toEqual({ A: '1', B: '3', NODE_ENV: 'production' });
    expect(service.secrets).toEqual(['y']);
    expect(service.expose).toMatchObject({ host: 'staging.example.com', path: '/v1' });
    expect(service.environments).toEqual(['staging']);
  });

  test('one where nothing differs is the service itself', () => {
    expect(resolve(description, { environment: 'production' })).toEqual(resolve(description));
  });

  test('one that the stack does not have', () => {
    expect(() => resolve({ env: { stagin: {} } })).toThrow(
      'apps/api/toolbox.yaml: env.stagin: stagin is not an environment of the stack. Did you mean staging?',
    );
    expect(() => resolve({}, { environment: 'qa' })).toThrow('Use staging or production.');
  });
});

describe('errors', () => {
  test.each<[string, Partial<ServiceDescription>, string]>([
    ['a version', { version: 19 }, 'version: 19 is not a version of node. Use 22 or 24.'],
    ['a call to itself', { calls: ['api'] }, 'calls: api is this service itself. Remove it'],
    ['an output outside', { build: { output: '../x' } }, 'build.output: ../x leaves the workspace'],
    ['a scale', { scale: { min: 3, max: 2 } }, 'scale.min: 3 is more than max, which is 2'],
  ])('%s', (_, description, message) => {
    expect(() => resolve(description)).toThrow(DescriptionError);
    expect(() => resolve(description)).toThrow(`apps/api/toolbox.yaml: ${message}`);
  });

  test('a base that the runtime does not have; as a default it gives way to one that it has', () => {
    const slimOnly = { ...runtimeDefaults, bases: ['slim' as const] };
    expect(() => resolveService({ runtime: 'x', base: 'alpine' }, api, acmeStack, slimOnly, [])).toThrow(
      'base: alpine is not a base of x. Use slim.',
    );
    expect(resolveService({ runtime: 'x' }, api, acmeStack, slimOnly, []).base).toBe('slim');
  });

  test('all of them at once', () => {
    const others = [{ name: 'web', uid: 1001, port: 80 }];
    try {
      resolve({ uid: 1001, port: 80, version: 1 }, { others });
    } catch (error) {
      expect((error as DescriptionError).problems.map(({ key }) => key)).toEqual(['uid', 'version', 'port']);
    }
    expect.assertions(1);
  });

  test('a detected path that leaves the workspace', () => {
    expect(() => resolve({}, { facts: { ...api, detected: { build: { output: '../dist' } } } })).toThrow(
      'build.output: ../dist leaves the workspace',
    );
  });
});

describe('properties', () => {
  test('total on valid descriptions, deterministic, independent of the order of keys, lists and others', () => {
    const others = fc.array(
      fc.record({
        name: fc.string({ minLength: 1 }),
        uid: fc.constant(undefined),
        port: fc.constant(undefined),
      }),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(
        serviceDescriptions,
        others,
        fc.constantFrom(undefined, 'staging', 'production'),
        (description, rest, environment) => {
          const service = resolve(description, { others: rest, environment });
          expect(service.scale.min).toBeLessThanOrEqual(service.scale.max);
          expect(service.budget.bytes).toBeGreaterThan(0);
          expect(Object.values(service.settings).every((value) => typeof value === 'string')).toBe(true);
          expect(
            JSON.stringify(resolve(turned(description), { others: [...rest].reverse(), environment })),
          ).toBe(JSON.stringify(service));
        },
      ),
    );
  });

  test('the description is not changed', () => {
    fc.assert(
      fc.property(serviceDescriptions, (description) => {
        const before = structuredClone(description);
        resolve(description, { environment: 'staging' });
        expect(description).toEqual(before);
      }),
    );
  });
});

/** The same description with keys and lists in the opposite order. */
function turned<T>(value: T): T {
  if (Array.isArray(value)) return [...value].reverse().map(turned) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, turned(inner)]),
  ) as T;
}

interface PropertySchema {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, PropertySchema>>;
  readonly required?: readonly string[];
}

/** Every default that the schema names, as one description; keys that need another one beside them are left out. */
function schemaDefaults(properties: Readonly<Record<string, PropertySchema>>): Record<string, unknown> {
  const entries = Object.entries(properties).flatMap(([key, part]): [string, unknown][] => {
    if (part.default !== undefined) return [[key, part.default]];
    if (!part.properties || part.required) return [];
    const inner = schemaDefaults(part.properties);
    return Object.keys(inner).length > 0 ? [[key, inner]] : [];
  });
  return Object.fromEntries(entries);
}
