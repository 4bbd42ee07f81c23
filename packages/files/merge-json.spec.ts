import fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { mergeJson } from './merge-json';

describe('mergeJson keeps every other byte', () => {
  it.each([
    [
      'a comment behind the last key stays with it',
      '{\n  "a": 1 // why\n}\n',
      { b: 2 },
      '{\n  "a": 1, // why\n  "b": 2\n}\n',
    ],
    [
      'a trailing comma stays the last thing',
      '{\n  "a": 1, // why\n}\n',
      { b: 2 },
      '{\n  "a": 1, // why\n  "b": 2,\n}\n',
    ],
    ['comments of an empty object', '{\n  // mine\n}\n', { b: 2 }, '{\n  // mine\n  "b": 2\n}\n'],
    [
      'tabs',
      '{\n\t"a": {\n\t\t"x": 1\n\t}\n}\n',
      { a: { y: 2 } },
      '{\n\t"a": {\n\t\t"x": 1,\n\t\t"y": 2\n\t}\n}\n',
    ],
    ['CRLF', '{\r\n  "a": 1\r\n}\r\n', { b: [1] }, '{\r\n  "a": 1,\r\n  "b": [\r\n    1\r\n  ]\r\n}\r\n'],
    ['a byte order mark', '\uFEFF{ "a": 1 }', { b: 2 }, '\uFEFF{ "a": 1, "b": 2 }'],
    ['no newline at the end', '{\n  "a": 1\n}', { a: 2 }, '{\n  "a": 2\n}'],
    ['numbers as they are written', '{ "n": 1.0e+2, "a": 1 }', { a: 2 }, '{ "n": 1.0e+2, "a": 2 }'],
    ['an element in another key order', '[{"o":1,"p":"x"}]', { p: 'x', o: 1 }, null],
  ])('%s', (_, before, ours, after) => {
    if (after === null) {
      const text = `{ "plugins": ${before} }`;
      expect(mergeJson(text, { plugins: [ours] })).toBe(text);
      return;
    }
    expect(mergeJson(before, ours)).toBe(after);
    expect(mergeJson(after, ours)).toBe(after);
  });

  it.each([
    ['[]', /nx\.json: is not a JSON object/],
    ['{ "a": "mine" }', /nx\.json: a: is not an object/],
    ['{ "a": [1] }', /nx\.json: a: is not an object/],
    ['// nothing\n', /nx\.json: is not valid JSON/],
  ])('refuses %j rather than replacing it', (text, message) => {
    expect(() => mergeJson(text, { a: { b: 1 } }, 'nx.json')).toThrow(message);
  });

  it('removes not one character: what it wrote is the old text with insertions', () => {
    const key = fc.stringMatching(/^[a-f]{1,2}$/);
    const theirs = fc.dictionary(key, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 5 });
    const ours = fc.dictionary(
      key.map((name) => `our-${name}`),
      fc.jsonValue({ maxDepth: 2 }),
      { maxKeys: 4 },
    );
    const space = fc.constantFrom(undefined, 2, '\t', 4);
    fc.assert(
      fc.property(theirs, ours, space, fc.boolean(), (before, add, indent, crlf) => {
        const plain = JSON.stringify(before, null, indent);
        const text = crlf ? plain.replace(/\n/g, '\r\n') : plain;
        const merged = mergeJson(text, add);
        expect(parse(merged)).toEqual({ ...(JSON.parse(plain) as object), ...normal(add) });
        expect(isSubsequence(text.replace(/\s/g, ''), merged)).toBe(true);
        expect(mergeJson(merged, add)).toBe(merged);
        if (crlf && merged.includes('\n')) expect(/[^\r]\n/.test(merged) && text.includes('\n')).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

function normal(value: object): object {
  return JSON.parse(JSON.stringify(value)) as object;
}

function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (const character of whole) if (character === part[at]) at += 1;
  return at === part.length;
}
