import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Copy, DockerfileParser } from 'dockerfile-ast';
import { baseImage, ownHistoryLength } from './base-image';
import { contextSources } from './context-sources';
import { parseDockerfile, parseInstructions } from './parse-dockerfile';

const sources = (text: string) => contextSources(parseDockerfile(text)).map(({ path }) => path);
const golden = join(__dirname, '..', 'runtimes', 'node', 'golden');

describe('parseInstructions', () => {
  it('joins continuation lines and skips comments and empty lines inside them', () => {
    const text = 'RUN a \\\n  # why\n\n  b \\  \n  c\nCMD x';
    expect(parseInstructions(text)).toMatchObject([
      { name: 'RUN', words: ['a', 'b', 'c'], line: 1 },
      { name: 'CMD', words: ['x'], line: 6 },
    ]);
  });

  it('honours the escape directive, and only at the top', () => {
    expect(parseInstructions('# escape=`\nCOPY a `\n b c:\\').map(({ words }) => words)).toEqual([
      ['a', 'b', 'c:\\'],
    ]);
    expect(parseInstructions('\n# escape=`\nRUN a\n').map(({ words }) => words)).toEqual([['a']]);
    expect(parseInstructions('RUN x\n# escape=`\nRUN a \\\n b')[1]!.words).toEqual(['a', 'b']);
  });

  it('takes heredocs for documents, several in one instruction, quoted, with tabs', () => {
    const text = [
      'FROM scratch',
      'COPY <<one <<-"two" /to/',
      'COPY not/a source',
      'one',
      '\tFROM nothing',
      '\ttwo',
      'RUN <<EOF cat > /x',
      'COPY a b',
      'EOF',
      'RUN echo $((1<<4)) && x <<<word',
      'COPY real /',
    ].join('\n');
    expect(parseDockerfile(text).stages).toHaveLength(1);
    expect(sources(text)).toEqual(['real']);
  });

  it('keeps flags apart from words, and reads both forms', () => {
    const [copy] = parseInstructions('COPY --from=build --chown=1:1 ["a b", "c"]');
    expect(copy).toMatchObject({
      flags: [
        { name: 'from', value: 'build' },
        { name: 'chown', value: '1:1' },
      ],
      words: ['a b', 'c'],
    });
    expect(parseInstructions('COPY "a b" c\\ d e')[0]!.words).toEqual(['a b', 'c d', 'e']);
  });
});

describe('contextSources', () => {
  it.each<[string, string[]]>([
    ['COPY a b /to/', ['a', 'b']],
    ['COPY ./a/../b/ /to', ['b']],
    ['COPY /abs ../../up /to', ['abs', 'up']],
    ['COPY . .', ['.']],
    ['COPY --from=build /x /y', []],
    ['COPY --link --chmod=555 dist/apps/api/ ./', ['dist/apps/api']],
    ['COPY --parents ./a/./b c/ /to', ['a/b', 'c']],
    ['COPY ["with space/x", "/to"]', ['with space/x']],
    ['ADD https://example.com/x.tgz local.tar /to', ['local.tar']],
    ['COPY src/*.json /to', ['src/*.json']],
    ['ARG D=dist\nCOPY ${D}/x /to', ['.']],
    ['COPY a\\$b /to', ['a$b']],
    ['RUN --mount=type=bind,source=package.json,target=/p npm ci', ['package.json']],
    ['RUN --mount=target=/src make', ['.']],
    ['RUN --mount=type=bind,from=build,source=/x,target=/x y', []],
    ['RUN --mount=type=cache,target=/c --mount=type=secret,id=ca y', []],
    ['ONBUILD COPY --chown=1 a /to', ['a']],
  ])('%j', (text, expected) => {
    expect(sources(`FROM x\n${text}`)).toEqual(expected);
  });
});

describe('baseImage', () => {
  it.each<[string, string | null, Record<string, string>]>([
    ['FROM debian:13', 'debian:13', {}],
    ['FROM --platform=$BUILDPLATFORM debian:13 AS x', 'debian:13', {}],
    ['ARG V=13\nARG I=debian:${V}\nFROM $I AS build\nFROM scratch\nFROM Build', 'debian:13', {}],
    ['ARG V=13\nFROM debian:${V}', 'debian:12', { V: '12' }],
    ['ARG V\nFROM debian:${V:-13}', 'debian:13', {}],
    ['FROM debian:${UNDECLARED}', 'debian:', { UNDECLARED: '1' }],
    ['FROM a AS a', 'a', {}],
    ['# nothing', null, {}],
  ])('%j', (text, expected, args) => {
    expect(baseImage(parseDockerfile(text), undefined, args)).toBe(expected);
  });

  it('follows a target', () => {
    const file = parseDockerfile('FROM a AS one\nRUN x\nFROM b AS two\nRUN y\nRUN z');
    expect(baseImage(file, 'one')).toBe('a');
    expect(baseImage(file, '1')).toBe('b');
    expect(ownHistoryLength(file, 'one')).toBe(1);
    expect(ownHistoryLength(file)).toBe(2);
  });

  it('counts the instructions of every stage down to the base', () => {
    // Checked against a build by BuildKit 0.13: history of such a file has nine entries above the base's.
    const file = parseDockerfile(
      'FROM debian:13 AS one\nARG X=1\nENV A=b\nWORKDIR /srv\nRUN true\n' +
        'FROM one\nLABEL a=b c=d\nCOPY <<EOT /etc/foo\ntext\nEOT\nONBUILD RUN x\nEXPOSE 80\nUSER 1\nCMD ["x"]\n',
    );
    expect(ownHistoryLength(file)).toBe(9);
  });
});

describe.each(readdirSync(golden).filter((name) => name.endsWith('.Dockerfile')))('%s', (name) => {
  it('has the sources that dockerfile-ast finds', () => {
    const text = readFileSync(join(golden, name), 'utf8');
    const independent = DockerfileParser.parse(text)
      .getInstructions()
      .filter((instruction): instruction is Copy => instruction instanceof Copy)
      .filter((copy) => !copy.getFlags().some((flag) => flag.getName() === 'from'))
      .flatMap((copy) => argumentsOf(copy).slice(0, -1))
      .filter((path) => !path.startsWith('<<'))
      .map((path) => path.replace(/\/$/, ''));
    expect(independent.length).toBeGreaterThan(0);
    expect(sources(text)).toEqual(independent);
  });
});

function argumentsOf(copy: Copy): string[] {
  const json = copy.getJSONStrings().map((argument) => argument.getJSONValue());
  if (json.length > 0) return json;
  // To dockerfile-ast the words of a heredoc's document are arguments too; they stand on later lines.
  const [first] = copy.getArguments();
  const own = copy
    .getArguments()
    .filter(
      (argument) =>
        copy.getHeredocs().length === 0 || argument.getRange().start.line === first?.getRange().start.line,
    );
  return own.map((argument) => argument.getValue());
}
