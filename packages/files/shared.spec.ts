import fc from 'fast-check';
import { parse } from 'yaml';
import { mergeJson } from './merge-json';
import { mergeLines } from './merge-lines';
import { serialiseYaml } from './serialise';

describe('mergeJson', () => {
  it('sets our keys and keeps every other byte', () => {
    const text =
      '{\n    // why\n    "name":   "acme",\n    "targetDefaults": { "build": {"cache": true} }\n}\n';
    const merged = mergeJson(text, { targetDefaults: { test: { cache: true } }, plugins: ['toolbox'] });
    expect(merged).toContain('    // why\n    "name":   "acme",\n');
    expect(merged).toContain('"build": {"cache": true}');
    expect(merged).toContain('"toolbox"');
  });

  it('adds only missing elements to an array', () => {
    const text = '{ "plugins": ["a", { "plugin": "b" }] }';
    expect(mergeJson(text, { plugins: ['a', { plugin: 'b' }] })).toBe(text);
    expect(JSON.parse(mergeJson(text, { plugins: ['c', 'a', 'd'] }))).toEqual({
      plugins: ['a', { plugin: 'b' }, 'c', 'd'],
    });
  });

  it('says where JSON is broken', () => {
    expect(() => mergeJson('{', { a: 1 }, 'nx.json')).toThrow(/^nx\.json: is not valid JSON/);
  });

  it('is idempotent and leaves foreign keys alone', () => {
    const key = fc.string({ minLength: 1, maxLength: 5 }).filter((name) => name !== '__proto__');
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue()), fc.dictionary(key, fc.integer()), (theirs, ours) => {
        const once = mergeJson(JSON.stringify(theirs, null, 2), ours);
        expect(mergeJson(once, ours)).toBe(once);
        const result = JSON.parse(once) as Record<string, unknown>;
        for (const [name, value] of Object.entries(JSON.parse(JSON.stringify(theirs)) as object))
          if (!(name in ours)) expect(result[name]).toEqual(value);
        for (const [name, value] of Object.entries(ours)) expect(result[name]).toBe(value);
      }),
    );
  });
});

describe('mergeLines', () => {
  it.each([
    [null, ['dist'], 'dist\n'],
    ['node_modules', ['dist'], 'node_modules\ndist\n'],
    ['node_modules\ndist\n', ['dist'], 'node_modules\ndist\n'],
    ['a\r\n', ['b', 'c'], 'a\r\nb\r\nc\r\n'],
  ])('%j + %j', (text, ours, expected) => {
    expect(mergeLines(text, ours)).toBe(expected);
    expect(mergeLines(expected, ours)).toBe(expected);
  });
});

describe('serialiseYaml', () => {
  it('quotes what YAML 1.1 readers take for something else, and drops undefined', () => {
    const text = serialiseYaml({
      a: 'on',
      b: 'n',
      c: '12:30:45',
      d: undefined,
      e: 'multi\nline\n',
      f: '1_000',
    });
    expect(text).toBe('a: "on"\nb: "n"\nc: "12:30:45"\ne: |\n  multi\n  line\nf: "1_000"\n');
  });

  it('orders keys, writes a header and comments by path', () => {
    const text = serialiseYaml(
      { spec: { b: 1 }, kind: 'Service', list: [{ x: 1 }] },
      {
        header: ['Generated.'],
        keyOrder: ['kind'],
        comments: [
          { path: ['spec', 'b'], comment: 'why' },
          { path: ['kind'], comment: 'first' },
        ],
      },
    );
    expect(text).toBe('# Generated.\n# first\nkind: Service\nspec:\n  # why\n  b: 1\nlist:\n  - x: 1\n');
  });

  it('comes back as the same value for readers of YAML 1.1', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as unknown;
        expect(parse(serialiseYaml(plain), { version: '1.1' })).toEqual(plain);
      }),
    );
  });
});
