import fc from 'fast-check';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { parse } from 'yaml';
import { blobId } from './content';
import { mergeLines } from './merge-lines';
import { serialiseYaml } from './serialise';
import { writeFiles } from './writer';

const line = fc.constantFrom('RUN a', 'RUN b', 'USER 1', '', 'CMD x', 'ENV A=1');
const text = fc.array(line, { minLength: 1, maxLength: 12 }).map((all) => `${all.join('\n')}\n`);

/** Generates `first`, lets the user edit it, generates `second`; the file after each. */
async function story(first: string, edit: (text: string) => string, second: string) {
  const tree = createTreeWithEmptyWorkspace();
  const path = 'apps/api/Dockerfile';
  const write = (content: string) =>
    writeFiles(tree, {
      owner: 'apps/api',
      scope: 'dockerfile',
      files: [{ path, content, ownership: 'generated' }],
      baseOf: (id) => (id === blobId(first) ? first : null),
    });
  await write(first);
  tree.write(path, edit(first));
  const edited = tree.read(path, 'utf-8')!;
  const { results, conflicts } = await write(second);
  return { edited, after: tree.read(path, 'utf-8')!, action: results[0]?.action, conflicts };
}

describe('what the user wrote survives', () => {
  it('any edit of a file whose template did not change, byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.string({ unit: 'grapheme' }), fc.nat(60), async (first, own, at) => {
        const { edited, after, conflicts } = await story(
          first,
          (before) => `${before.slice(0, at)}${own}${before.slice(at)}`,
          first,
        );
        expect(after).toBe(edited);
        expect(conflicts).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('a line of theirs in a CRLF file with a byte order mark, whose form stays', async () => {
    let merges = 0;
    await fc.assert(
      fc.asyncProperty(text, text, fc.nat(12), async (first, second, at) => {
        const { edited, after, action } = await story(
          first,
          (before) => {
            const all = before.split('\n');
            all.splice(Math.min(at, all.length - 1), 0, '# mine');
            return `\uFEFF${all.join('\r\n')}`;
          },
          second,
        );
        if (action === 'merged') merges += 1;
        else expect(after).toBe(edited);
        expect(after.startsWith('\uFEFF')).toBe(true);
        expect(after).toContain('# mine\r\n');
        expect(/(^|[^\r])\n/.test(after)).toBe(false);
      }),
      { numRuns: 200 },
    );
    expect(merges).toBeGreaterThan(10);
  });

  it('every line of a shared file: ours come after them, once', () => {
    const own = fc.string().filter((one) => !/[\r\n]/.test(one));
    const ours = fc.array(fc.constantFrom('dist', '.nx', '*.log', '/tmp'), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(own), ours, fc.constantFrom('\n', '\r\n'), (theirs, lines, eol) => {
        const before = theirs.join(eol);
        const after = mergeLines(before, lines);
        expect(after.startsWith(before)).toBe(true);
        for (const one of lines)
          expect(after.split(/\r?\n/).filter((other) => other.trim() === one).length).toBeGreaterThan(0);
        expect(mergeLines(after, lines)).toBe(after);
      }),
    );
  });
});

describe('YAML as readers of 1.1 and of 1.2 see it', () => {
  const tricky = fc.constantFrom(
    'on',
    'off',
    'y',
    'n',
    'yes',
    'No',
    '~',
    'null',
    '12:30:45',
    '1_000',
    '0o17',
    '017',
    '1e3',
    '.5',
    '0x1f',
    '=',
    '<<',
    '2001-12-14',
    ' a',
    'a ',
    '#x',
    'a: b',
    '- a',
    '&a',
    '*a',
    '!a',
    '%a',
    '@a',
    '`a',
    'a\nb',
    'a\n',
    '\n',
    'a\tb',
    '"',
    "'",
    '',
  );
  it('strings that look like something else come back as strings, as keys too', () => {
    fc.assert(
      fc.property(fc.array(tricky), fc.uniqueArray(tricky.filter((key) => key !== '<<')), (values, keys) => {
        const value = { values, map: Object.fromEntries(keys.map((key) => [key, key])) };
        const written = serialiseYaml(value);
        for (const version of ['1.1', '1.2'] as const) expect(parse(written, { version })).toEqual(value);
      }),
    );
  });
});
