import { resolveBacking } from './backing';
import pluginSchema from './plugin-options.schema.json';
import { resolvePluginOptions } from './resolve-plugin-options';
import { resolveStack } from './resolve-stack';
import stackSchema from './stack.schema.json';

test('a stack without a description', () => {
  expect(resolveStack(null, {}, { name: '@acme/shop' })).toEqual({
    name: 'shop',
    registry: '',
    environments: ['staging', 'production'],
    defaults: { base: 'distroless', uidStart: 1001, budgets: {} },
    budget: { bytes: 500e6, text: '500MB', of: 'uncompressed' },
    buildLimits: { cold: null, cached: null },
    smoke: [],
    backing: resolveBacking(undefined),
    kubernetes: null,
  });
});

test('a stack that runs on Kubernetes', () => {
  expect(resolveStack({ kubernetes: { route: 'gateway' } }, {}, { name: 'x' }).kubernetes).toEqual({
    route: 'gateway',
    ingressClass: 'nginx',
    gateway: 'public',
    entryNamespace: 'ingress-nginx',
    secrets: 'placeholder',
    secretStore: 'secrets',
  });
});

test('the description comes before the options of the plugin', () => {
  const options = { registry: 'a.example.com', base: 'slim' as const, uidStart: 2000, budget: '90MB' };
  expect(resolveStack(null, options, { name: 'x' })).toMatchObject({
    registry: 'a.example.com',
    defaults: { base: 'slim', uidStart: 2000, budget: '90MB' },
  });
  const description = {
    name: 'acme',
    registry: '',
    defaults: { base: 'alpine' as const, budgets: { node: '1MB' } },
  };
  expect(resolveStack(description, options, { name: 'x' })).toMatchObject({
    name: 'acme',
    registry: '',
    defaults: { base: 'alpine', uidStart: 2000, budgets: { node: '1MB' } },
  });
});

test.each([
  ['My Shop', 'my-shop'],
  ['', 'workspace'],
  ['@acme/', 'workspace'],
])('the workspace %j is the stack %s', (name, stack) => {
  expect(resolveStack(null, {}, { name }).name).toBe(stack);
});

test('what the schemas say of defaults is what resolve does', () => {
  const { environments, budget, registry } = stackSchema.properties;
  const { base, uidStart, budgets } = stackSchema.properties.defaults.properties;
  expect(
    resolveStack(
      {
        registry: registry.default,
        environments: environments.default,
        budget: budget.default,
        defaults: {
          base: base.default as 'distroless',
          uidStart: uidStart.default,
          budgets: budgets.default,
        },
      },
      {},
      { name: 'x' },
    ),
  ).toEqual(resolveStack(null, {}, { name: 'x' }));

  const resolved: Record<string, unknown> = { ...resolvePluginOptions({}) };
  for (const [name, property] of Object.entries(pluginSchema.properties)) {
    if ('default' in property) expect({ [name]: resolved[name] }).toEqual({ [name]: property.default });
    else if (name !== 'targetNames') expect({ [name]: resolved[name] }).toEqual({ [name]: null });
  }
  const targets = Object.entries(pluginSchema.properties.targetNames.properties);
  expect(resolved['targetNames']).toEqual(
    Object.fromEntries(targets.map(([key, part]) => [key, part.default])),
  );
});

test('limits of build times, each alone', () => {
  const limits = (build: { cold?: number; cached?: number }) =>
    resolveStack({ verify: { build } }, {}, { name: 'shop' }).buildLimits;
  expect(limits({ cold: 300 })).toEqual({ cold: 300, cached: null });
  expect(limits({ cached: 0.5 })).toEqual({ cold: null, cached: 0.5 });
});

test('the steps of a smoke flow with their defaults', () => {
  const keep = { token: '/access_token' };
  const steps = [
    { name: 'log in', method: 'POST' as const, path: '/login', json: { user: 'a' }, keep },
    { path: '/me', headers: { authorization: 'Bearer ${token}' }, contains: 'a', status: 206 },
  ];
  expect(resolveStack({ verify: { smoke: steps } }, {}, { name: 'shop' }).smoke).toEqual([
    {
      name: 'log in',
      method: 'POST',
      path: '/login',
      headers: {},
      json: { user: 'a' },
      status: 200,
      contains: null,
      keep,
    },
    {
      name: 'GET /me',
      method: 'GET',
      path: '/me',
      headers: steps[1]!.headers,
      json: undefined,
      status: 206,
      contains: 'a',
      keep: {},
    },
  ]);
});
