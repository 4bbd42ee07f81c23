import fc from 'fast-check';
import { parse, parseDocument, stringify } from 'yaml';
import { serviceDescriptions } from './fixture-arbitraries';
import { mergeIntoDescription, mergeIntoStackDescription, schemaHeader } from './merge-description';
import { parseServiceDescription } from './parse';
import type { ServiceDescription } from './service.gen';

const header = schemaHeader('apps/api', 'service');

describe('a new description', () => {
  test('starts with the header and has the conventional order', () => {
    const changes: Partial<ServiceDescription> = {
      env: { staging: { scale: { max: 2, min: 1 } } },
      build: { output: 'dist/apps/api', target: 'build' },
      settings: { B: 'on', A: 'a: b, c' },
      uses: ['postgres', 'redis'],
      health: { ready: '/ready', live: '/health' },
      uid: 1001,
      port: undefined,
      runtime: 'node',
    };
    expect(mergeIntoDescription(null, changes, header)).toBe(
      [
        '# yaml-language-server: $schema=../../node_modules/toolbox/schemas/service.json',
        'runtime: node',
        'uid: 1001',
        'health: { live: /health, ready: /ready }',
        'uses: [postgres, redis]',
        'settings:',
        '  B: "on"',
        '  A: "a: b, c"',
        'build:',
        '  target: build',
        '  output: dist/apps/api',
        'env:',
        '  staging:',
        '    scale: { min: 1, max: 2 }',
        '',
      ].join('\n'),
    );
  });

  test.each(['', '\n', '\uFEFF'])('an empty file (%j) is a new one', (text) => {
    expect(mergeIntoDescription(text, { runtime: 'node' }, header)).toBe(`${header}\nruntime: node\n`);
  });

  test('comments that stood there stay', () => {
    expect(mergeIntoDescription('# ours\n', { runtime: 'node' }, header)).toBe(
      `${header}\n# ours\nruntime: node\n`,
    );
    expect(mergeIntoDescription(`${header}\n`, { runtime: 'node' }, header)).toBe(
      `${header}\nruntime: node\n`,
    );
  });

  test('the stack has its own keys and order', () => {
    const text = mergeIntoStackDescription(
      null,
      { environments: ['staging'], name: 'acme', defaults: { budgets: { node: '1MB' } } },
      schemaHeader('infrastructure', 'stack'),
    );
    expect(text).toBe(
      '# yaml-language-server: $schema=../node_modules/toolbox/schemas/stack.json\n' +
        'name: acme\nenvironments: [staging]\ndefaults:\n  budgets:\n    node: 1MB\n',
    );
  });

  test('a project at the root', () => {
    expect(schemaHeader('.', 'service')).toMatch(/=\.\/node_modules\/toolbox\//);
  });
});

describe('an existing description', () => {
  const text = [
    '# Our API. Ask the platform team before you change the port.',
    "runtime:   'node'   # the only one",
    '',
    '# The load balancer knows this number.',
    'port:    8009',
    'uses:',
    '    - postgres # the big one',
    'health:   {live:   "/a",ready: /b} # both',
    'scale:',
    '  # few',
    '  min: 2',
    '# the end',
    '',
  ].join('\n');

  test.each<[string, Partial<ServiceDescription>]>([
    ['nothing', {}],
    ['undefined', { port: undefined, health: { live: undefined }, scale: {} }],
    ['what is there already', { port: 8009, uses: ['postgres'], health: { ready: '/b' } }],
  ])('%s changes no byte', (_, changes) => {
    expect(mergeIntoDescription(text, changes, header)).toBe(text);
  });

  test.each<[string, Partial<ServiceDescription>, string, string]>([
    ['a value', { port: 80 }, 'port:    8009', 'port:    80'],
    ['a value in brackets', { health: { live: '/x' } }, '{live:   "/a",', '{live:   /x,'],
    ['a new key in brackets', { health: { start: '5s' } }, 'ready: /b}', 'ready: /b, start: 5s}'],
    ['a longer list', { uses: ['postgres', 'redis'] }, '# the big one\n', '# the big one\n    - redis\n'],
    ['another list', { uses: ['redis'] }, '\n    - postgres #', ' [redis] #'],
    ['a new key', { base: 'slim' }, '# the only one\n', '# the only one\nbase: slim\n'],
    ['a new inner key', { scale: { max: 4 } }, '  min: 2\n', '  min: 2\n  max: 4\n'],
    ['a last key', { build: { target: null } }, '  min: 2\n', '  min: 2\nbuild:\n  target: null\n'],
  ])('%s: the rest stays byte for byte', (_, changes, before, after) => {
    expect(text).toContain(before);
    expect(mergeIntoDescription(text, changes, header)).toBe(text.replace(before, after));
  });

  test.each<[string, string, Partial<ServiceDescription>, string]>([
    ['no line break at the end', 'runtime: node', { port: 1 }, 'runtime: node\nport: 1\n'],
    [
      'a byte order mark',
      '\uFEFFruntime: node # x\nport: 1\n',
      { runtime: 'go', port: 2 },
      '\uFEFFruntime: go # x\nport: 2\n',
    ],
    ['Windows line ends', 'runtime: node\r\n# x\r\n', { port: 1 }, 'runtime: node\r\nport: 1\r\n# x\r\n'],
    [
      'a key without a value',
      'runtime: node\nport: # later\nuid: 1001\n',
      { port: 1 },
      'runtime: node\nport: 1 # later\nuid: 1001\n',
    ],
    [
      'a map for a text',
      'runtime: node\nbudget: 1MB # x\n',
      { budget: { compressed: '1MB' } },
      'runtime: node\nbudget: { compressed: 1MB } # x\n',
    ],
    [
      'a text for a map',
      'runtime: node\nbudget:\n  compressed: 1MB\nuid: 1001\n',
      { budget: '2MB' },
      'runtime: node\nbudget: 2MB\nuid: 1001\n',
    ],
    [
      'an empty map',
      'runtime: node\nsettings: {}\n',
      { settings: { A: 1 } },
      'runtime: node\nsettings: { A: 1 }\n',
    ],
    [
      'a block text',
      'runtime: node\ndescription: |\n  a\n  b\nuid: 1001\n',
      { description: 'c' },
      'runtime: node\ndescription: c\nuid: 1001\n',
    ],
    ['another order', 'uid: 1001\nruntime: node\n', { port: 1 }, 'uid: 1001\nruntime: node\nport: 1\n'],
    ['no key before it', 'port: 1\n', { runtime: 'node' }, 'port: 1\nruntime: node\n'],
    [
      'an indented map',
      'runtime: node\nscale:\n      max: 4\n',
      { scale: { min: 1 } },
      'runtime: node\nscale:\n      max: 4\n      min: 1\n',
    ],
  ])('%s', (_, before, changes, after) => {
    expect(mergeIntoDescription(before, changes, header)).toBe(after);
  });

  test('aliases and a map in brackets as a whole still come to the wanted values', () => {
    const anchored = 'runtime: node\nsettings: &s { A: "1" }\nenv: { staging: { settings: *s } }\n';
    expect(parse(mergeIntoDescription(anchored, { settings: { B: '2' } }, header)).settings).toEqual({
      A: '1',
      B: '2',
    });
    expect(mergeIntoDescription('{ runtime: node } # x\n', { port: 1 }, header)).toBe(
      '{ runtime: node, port: 1 } # x\n',
    );
  });

  test('a text that is no map is refused with its file', () => {
    expect(() => mergeIntoDescription('- a\n', { port: 1 }, header, 'apps/a/toolbox.yaml')).toThrow(
      'apps/a/toolbox.yaml:1: is not a map',
    );
    expect(() => mergeIntoDescription('a: [\n', { port: 1 }, header)).toThrow('toolbox.yaml:');
  });
});

describe('properties', () => {
  const plain = (description: ServiceDescription) =>
    JSON.parse(JSON.stringify(description)) as ServiceDescription;

  test('a new description reads back as it was given', () => {
    fc.assert(
      fc.property(serviceDescriptions, (description) => {
        const wanted = plain(description);
        const text = mergeIntoDescription(null, description, header);
        expect(parseServiceDescription(text, 'toolbox.yaml')).toEqual(withoutEmpty(wanted));
        expect(text.startsWith(`${header}\nruntime: node\n`)).toBe(true);
      }),
    );
  });

  test('in a 1.1 reader too: no setting turns into something else', () => {
    fc.assert(
      fc.property(serviceDescriptions, (description) => {
        const text = mergeIntoDescription(null, description, header);
        expect(parse(text, { version: '1.1' })).toEqual(withoutEmpty(plain(description)));
      }),
    );
  });

  test('merging comes to the merged values, in any style, and a second time to the same bytes', () => {
    const style = fc.record({
      indent: fc.constantFrom(2, 4),
      collectionStyle: fc.constantFrom('any' as const, 'flow' as const),
      singleQuote: fc.boolean(),
      indentSeq: fc.boolean(),
    });
    fc.assert(
      fc.property(serviceDescriptions, serviceDescriptions, style, (before, changes, options) => {
        const text = stringify(plain(before), options);
        const merged = mergeIntoDescription(text, changes, header);
        expect(parse(merged)).toEqual(mergeValues(plain(before), withoutEmpty(plain(changes))));
        expect(mergeIntoDescription(merged, changes, header)).toBe(merged);
      }),
      { numRuns: 100 },
    );
  });

  test('comments stay, wherever they stand', () => {
    fc.assert(
      fc.property(serviceDescriptions, fc.integer({ min: 1, max: 65535 }), (before, port) => {
        const document = parseDocument(stringify(plain(before)));
        const text = document
          .toString()
          .split('\n')
          .map((line, i) => (line === '' ? line : `# comment ${i}.\n${line}`))
          .join('\n');
        // Between the lines of a block text a comment is text.
        fc.pre(parseDocument(text).errors.length === 0 && !/: [|>]/.test(text));
        const merged = mergeIntoDescription(text, { port, base: 'slim', build: { main: 'x.js' } }, header);
        const comments = (all: string) => all.split('\n').filter((line) => line.startsWith('#'));
        expect(comments(merged)).toEqual(comments(text));
      }),
    );
  });
});

/** Maps that say nothing are not written. */
function withoutEmpty<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withoutEmpty(inner)]);
  return Object.fromEntries(entries) as T;
}

function mergeValues(before: unknown, changes: unknown): unknown {
  const isMap = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isMap(before) || !isMap(changes)) return changes;
  const merged: Record<string, unknown> = { ...(before as object) };
  for (const [key, value] of Object.entries(changes as object))
    merged[key] = key in merged ? mergeValues(merged[key], value) : value;
  return merged;
}
