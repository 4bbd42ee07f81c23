import fc from 'fast-check';
import { resolveBacking } from './backing';
import type { ServiceDescription } from './service.gen';
import type { RuntimeDefaults, Stack } from './types';

/** A runtime as the specs of this room need one. */
export const runtimeDefaults: RuntimeDefaults = {
  port: 3000,
  runtimeVersion: '24',
  runtimeVersions: ['22', '24'],
  bases: ['distroless', 'slim', 'alpine'],
  budgets: { distroless: '200MB', slim: '250MB', alpine: '220MB' },
  health: { live: { kind: 'http', path: '/health' }, ready: { kind: 'http', path: '/ready' } },
  settings: { NODE_ENV: 'production' },
  writes: ['/tmp'],
};

export const acmeStack: Stack = {
  name: 'acme',
  registry: '',
  environments: ['staging', 'production'],
  defaults: { base: 'distroless', uidStart: 1001, budgets: {} },
  budget: { bytes: 500e6, text: '500MB', of: 'uncompressed' },
  buildLimits: { cold: null, cached: null },
  smoke: [],
  backing: resolveBacking(undefined),
  kubernetes: null,
};

const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
const size = fc.tuple(
  fc.integer({ min: 1, max: 999 }),
  fc.constantFrom('kB', 'MB', 'GB', 'KiB', 'MiB', 'GiB'),
);
const sizeText = size.map(([number, unit]) => `${number}${unit}`);
const budget = fc.oneof(
  sizeText,
  sizeText.map((uncompressed) => ({ uncompressed })),
  sizeText.map((compressed) => ({ compressed })),
);
const range = (unit: string) =>
  fc
    .tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 500 }))
    .map(([request, more]) => `${request}${unit}..${request + more}${unit}`);
const scale = fc.integer({ min: 1, max: 50 }).chain((min) =>
  fc.record({
    min: some(fc.constant(min)),
    max: fc.integer({ min: 50, max: 1000 }),
    cpu: some(fc.integer({ min: 1, max: 100 })),
  }),
);
const path = fc.array(word, { maxLength: 3 }).map((parts) => `/${parts.join('/')}`);
const probe = fc.oneof(fc.constant('tcp'), path);
/** Any one-line text: quotes, colons, hashes, words that YAML readers take for something else. */
const setting = fc.oneof(
  fc.string().map((text) => text.replace(/\p{Cc}/gu, '')),
  fc.constantFrom(
    'on',
    'no',
    '12:30:45',
    '~',
    '1e3',
    '0x1f',
    '- a',
    'a: b',
    '# c',
    '*x',
    '&y',
    '!z',
    '"',
    "'",
  ),
  fc.integer(),
  fc.boolean(),
);
const settings = fc.dictionary(fc.stringMatching(/^[A-Z][A-Z0-9]{0,8}$/), setting, { maxKeys: 4 });

const overrides = fc.record(
  { scale, settings, resources: fc.record({ cpu: range('m'), memory: range('Mi') }) },
  { requiredKeys: [] },
);

/** Any valid description of a service whose runtime is the one above. */
export const serviceDescriptions: fc.Arbitrary<ServiceDescription> = fc.record(
  {
    runtime: fc.constant('node'),
    description: setting.map(String),
    version: fc.constantFrom<string | number>(22, 24, '22', '24'),
    base: fc.constantFrom('alpine' as const, 'slim' as const, 'distroless' as const),
    port: fc.integer({ min: 1, max: 65535 }),
    uid: fc.integer({ min: 1001, max: 65533 }),
    gid: fc.integer({ min: 1001, max: 65533 }),
    health: fc.record({
      live: probe,
      ready: some(probe),
      start: some(fc.constantFrom<string | number>(5, '30s', '2m')),
    }),
    uses: fc.subarray(['postgres' as const, 'redis' as const]),
    calls: fc.uniqueArray(
      word.map((name) => `other-${name}`),
      { maxLength: 3 },
    ),
    expose: fc.record({ host: word.map((name) => `${name}.example.com`), path: some(path) }),
    resources: fc.record({ cpu: range('m'), memory: some(range('Mi')) }),
    scale,
    writes: fc.uniqueArray(
      word.map((name) => `/data/${name}`),
      { maxLength: 3 },
    ),
    budget,
    settings,
    secrets: fc.uniqueArray(word, { maxLength: 3 }),
    build: fc.record({
      target: fc.constantFrom('build', 'bundle', null),
      output: some(word.map((name) => `dist/${name}`)),
      dependencies: some(fc.constantFrom('bundled' as const, 'pruned' as const)),
    }),
    env: fc.record({ staging: overrides, production: overrides }, { requiredKeys: [] }),
  },
  { requiredKeys: ['runtime'] },
) as fc.Arbitrary<ServiceDescription>;
