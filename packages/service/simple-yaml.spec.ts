import fc from 'fast-check';
import { parseDocument, stringify } from 'yaml';
import { serviceDescriptions } from './fixture-arbitraries';
import { mergeIntoDescription, schemaHeader } from './merge-description';
import { readSimpleYaml } from './simple-yaml';

/** What the `yaml` package reads, or a word where it has any objection. */
function readWithPackage(text: string): unknown {
  const document = parseDocument(text);
  return document.errors.length + document.warnings.length > 0 ? 'not valid' : document.toJS();
}

test('reads what descriptions usually are', () => {
  const text = [
    '# yaml-language-server: $schema=../../node_modules/toolbox/schemas/service.json',
    'runtime: node # für uns',
    '',
    'port: 3000',
    'health: { live: /health, ready: "/ready" }',
    'uses: [postgres, redis]',
    'calls:',
    '  - worker',
    '  # the mailer',
    "  - '@acme/mail'",
    'resources:',
    '    cpu: 250m..1',
    '    memory: 512Mi..1Gi',
    'budget: 200 MB',
    'slo: { availability: 99.9, latency: { p95: 300ms } }',
    'build:',
    '  target: build',
    '  output: dist/apps/api',
    '  main: main.cjs',
    'secrets:',
    '- a',
    'env:',
    '  staging:',
    '    scale: { min: 1 }',
    '    settings: {}',
    'settings: { A: true, B: false }',
    '',
  ].join('\n');
  const value = readSimpleYaml(text);
  expect(value).toMatchObject({
    runtime: 'node',
    port: 3000,
    calls: ['worker', '@acme/mail'],
    budget: '200 MB',
  });
  expect(value).toEqual(readWithPackage(text));
  expect(readSimpleYaml(text.replaceAll('\n', '\r\n'))).toEqual(value);
});

test.each([
  '',
  '# nothing\n',
  ' a: b',
  'a',
  '- a',
  'a: b\n---\nc: d',
  'a: &x b',
  'a: *x',
  'a: !!str b',
  'a: |\n  b',
  'a: b\n  c',
  'a: b\n  c: d',
  'a:\n  b: c\n d: e',
  'a:\n    b: c\n  d: e',
  'a:\nb: c',
  'a: b\na: c',
  'a: b: c',
  'a: "b\\n"',
  "a: 'b''c'",
  'a: [b\n]',
  'a: {b: c',
  'a: [b]]',
  'a: [b, ,c]',
  'a: {b, c}',
  'a: 007',
  'a: 0x1f',
  'a: 1e3',
  'a: .inf',
  'a: 12:30:45',
  'a: 1.2.3',
  'a: +1',
  'a: 1_000',
  'a: ~',
  'a: Null',
  'a: b#c',
  'a:\tb',
  '\ta: b',
  'a: b\u0085c: d',
  '__proto__: a',
  'a: { __proto__: b }',
  'constructor: a',
  '"a": b',
  '? a\n: b',
  '<<: a',
  'a: - b',
  'a: -',
  'a: @b',
  'a: %b',
  'a:\n  -\n',
])('%j is left to the package', (text) => {
  expect(readSimpleYaml(text)).toBeNull();
});

const likePackage = (text: string) => {
  const value = readSimpleYaml(text);
  if (value !== null) expect(value).toEqual(readWithPackage(text));
};

test('whatever it reads of a description, the package reads the same', () => {
  fc.assert(
    fc.property(serviceDescriptions, fc.boolean(), (description, singleQuote) => {
      const plain = JSON.parse(JSON.stringify(description));
      likePackage(stringify(plain, { singleQuote }));
      likePackage(mergeIntoDescription(null, description, schemaHeader('apps/api', 'service')));
    }),
  );
});

test('whatever it reads of any lines, the package reads the same', () => {
  const piece = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom('a', 'b1', 'port', 'node', '1', '0.5', '1e3', '007', 'true', 'null', '~'),
    },
    {
      weight: 4,
      arbitrary: fc.constantFrom(': ', ':', ', ', ',', '{ ', ' }', '[', ']', '- ', ' #', '"', "'", ' ', '  '),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '|',
        '>',
        '&',
        '*',
        '!',
        '%',
        '@',
        '\t',
        '\u00a0',
        '\u2028',
        '-',
        '?',
        '.',
        '..',
        '+',
      ),
    },
    { weight: 1, arbitrary: fc.string({ maxLength: 2 }) },
  );
  const value = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''));
  const line = fc.oneof(
    fc
      .tuple(fc.constantFrom('', '  ', '    '), fc.constantFrom('a', 'b', 'c', 'd', 'e'), value)
      .map(([indent, key, rest]) => `${indent}${key}: ${rest}`),
    fc.tuple(fc.constantFrom('', '  '), value).map(([indent, rest]) => `${indent}- ${rest}`),
    fc.tuple(fc.constantFrom('', '  '), fc.constantFrom('x', 'y')).map(([indent, key]) => `${indent}${key}:`),
    value,
  );
  let read = 0;
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 4 }),
      fc.constantFrom('\n', '\r\n'),
      (lines, newline) => {
        const text = lines.join(newline);
        likePackage(text);
        if (readSimpleYaml(text) !== null) read += 1;
      },
    ),
    { numRuns: 30_000 },
  );
  // Else the property would say nothing.
  expect(read).toBeGreaterThan(100);
});
