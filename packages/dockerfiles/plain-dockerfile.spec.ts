import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseInstructions } from './parse-dockerfile';
import { DockerfileError, plainDockerfile } from './plain-dockerfile';

const lines = (...parts: readonly string[]) => parts.join('\n');
const plain = (text: string, args?: Record<string, string>) => plainDockerfile(text, args).text;

describe('plainDockerfile', () => {
  it('gives the shell in force the heredoc of RUN, as BuildKit does', () => {
    const text = lines(
      'FROM scratch AS one',
      "RUN <<'EOF'",
      'a "$b" \\',
      'EOF',
      'SHELL ["/bin/bash", "-c"]',
      'RUN --mount=type=cache,target=/c \\',
      '  <<-EOF',
      '\tb',
      '\tEOF',
      'FROM one',
      'RUN cat <<EOF > /x && echo y',
      'x',
      'EOF',
      'FROM other',
      'RUN <<EOF',
      'EOF',
    );
    expect(plain(text).split('\n')).toEqual([
      'FROM scratch AS one',
      'RUN ["/bin/sh","-c","a \\"$b\\" \\\\\\n"]',
      '',
      '',
      'SHELL ["/bin/bash", "-c"]',
      'RUN --mount=type=cache,target=/c ["/bin/bash","-c","b\\n"]',
      ...['', '', ''],
      'FROM one',
      'RUN ["/bin/bash","-c","cat <<EOF > /x && echo y\\nx\\nEOF\\n"]',
      ...['', ''],
      'FROM docker.io/library/other',
      'RUN ["/bin/sh","-c",""]',
      '',
    ]);
  });

  it('makes files of the heredocs of COPY', () => {
    const text = lines('FROM scratch', "COPY --link --chmod=555 <<'one' <<two /to/", '$a', 'one', 'b', 'two');
    const { text: written, files } = plainDockerfile(text);
    expect(written).toBe(
      lines(
        'FROM scratch',
        'COPY --chmod=555 --from=toolbox-heredocs /2/one /2/two /to/',
        ...['', '', '', ''],
      ),
    );
    expect([...files]).toEqual([
      ['2/one', '$a\n'],
      ['2/two', 'b\n'],
    ]);
  });

  it.each<[string, string]>([
    ['COPY --link --from=one /a /b', 'COPY --from=one /a /b'],
    ['COPY --from=0 /a /b', 'COPY --from=0 /a /b'],
    ['COPY --from=busybox /a /b', 'COPY --from=docker.io/library/busybox /a /b'],
    ['COPY "a b" /c', 'COPY "a b" /c'],
    ['RUN --network=none x', 'RUN x'],
    ['RUN --network=host x', 'RUN --network=host x'],
    ['RUN --mount=type=bind,from=one,target=/a x', 'RUN --mount=type=bind,from=one,target=/a x'],
    ['RUN --mount=from=acme/tool:1,target=/a x', 'RUN --mount=from=docker.io/acme/tool:1,target=/a x'],
    [
      'HEALTHCHECK --interval=10s --start-interval=1s \\\n  CMD ["x"]',
      'HEALTHCHECK --interval=10s CMD ["x"]\n',
    ],
    ['HEALTHCHECK NONE', 'HEALTHCHECK NONE'],
  ])('%j', (written, expected) => {
    const before = 'FROM registry.example.com/a AS One\nFROM scratch\n';
    expect(plain(`${before}${written}`)).toBe(`${before}${expected}`);
  });

  it('mounts a copy of the build context, which lacks what the ignore file leaves out', () => {
    const text = lines(
      'ARG A=1',
      'FROM scratch',
      'RUN --mount=target=/a --mount=type=bind,source=b,target=/b --mount=type=cache,target=/c x',
      'COPY --from=0 /a /b',
    );
    expect(plainDockerfile(text)).toMatchObject({
      addedStages: 1,
      text: lines(
        'ARG A=1',
        'FROM scratch AS toolbox-context',
        'COPY [".","/"]',
        'COPY ["b","/b"]',
        'FROM scratch',
        'RUN --mount=target=/a,from=toolbox-context --mount=type=bind,source=b,target=/b,from=toolbox-context --mount=type=cache,target=/c x',
        'COPY --from=1 /a /b',
      ),
    });
  });

  it('names the shell in force in the shell form of CMD and ENTRYPOINT', () => {
    const text = lines(
      'FROM scratch',
      'CMD a "$b"',
      'SHELL ["/bin/ash", "-c"]',
      'CMD ["a"]',
      'ENTRYPOINT a "$b"',
    );
    expect(plain(text)).toBe(text.replace('ENTRYPOINT a "$b"', 'ENTRYPOINT ["/bin/ash","-c","a \\"$b\\""]'));
  });

  it('spells out the names of images, with the ARGs before the first FROM', () => {
    const text = lines(
      'ARG I=node:24',
      'FROM --platform=$BUILDPLATFORM ${I} AS a',
      'FROM A',
      'FROM x/y@sha256:1',
    );
    expect(plain(text, { I: 'node:22' })).toBe(
      lines(
        'ARG I=node:24',
        'FROM --platform=$BUILDPLATFORM docker.io/library/node:22 AS a',
        'FROM A',
        'FROM docker.io/x/y@sha256:1',
      ),
    );
  });

  it.each<[string, string]>([
    ['RUN <<EOF\n#!/usr/bin/env python3\nEOF', 'a script with #!'],
    ['COPY <<EOF file /to/\nEOF', 'COPY of a heredoc together with files'],
    ['COPY <<EOF /to\n$x\nEOF', 'variables in a heredoc of COPY'],
  ])('refuses %j', (text, message) => {
    const attempt = () => plainDockerfile(`FROM scratch\n${text}\n`);
    expect(attempt).toThrow(DockerfileError);
    expect(attempt).toThrow(message);
  });
});

const runtimes = join(__dirname, '..', 'runtimes');
const golden = readdirSync(runtimes, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /golden\/[^/]*Dockerfile$/.test(file),
);

it('finds Dockerfiles of every runtime', () => expect(golden.length).toBeGreaterThan(25));

it.each(golden)('%s keeps its instructions', (file) => {
  const text = readFileSync(join(runtimes, file), 'utf8');
  const { text: written, addedStages } = plainDockerfile(text);
  const all = parseInstructions(written);
  const names = all.map(({ name }) => name);
  if (addedStages > 0) {
    const [first, second] = names.flatMap((name, at) => (name === 'FROM' ? [at] : []));
    names.splice(first!, second! - first!);
  }
  expect(names).toEqual(parseInstructions(text).map(({ name }) => name));
  expect(all.flatMap(({ heredocs }) => heredocs)).toEqual([]);
  const flags = all.flatMap((instruction) => instruction.flags.map((flag) => flag.name));
  expect(flags.filter((flag) => ['link', 'start-interval', 'network'].includes(flag))).toEqual([]);
});
