import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DockerfileParser, type Copy } from 'dockerfile-ast';
import { service } from './fixture-service';
import { renderImage } from './render-image';

const folder = join(__dirname, 'golden');
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

/** What every Dockerfile on Python keeps to, whatever the family and the lockfile. */
describe.each(readdirSync(folder).filter((name) => name.endsWith('.Dockerfile')))('%s', (name) => {
  const text = read(name);
  const parsed = DockerfileParser.parse(text);
  const stages = parsed.getFROMs();
  const last = stages.at(-1)!.getRange().start.line;
  const final = parsed.getInstructions().filter((instruction) => instruction.getRange().start.line > last);
  const isFromContext = (copy: Copy) =>
    !copy.getArguments()[0]?.getValue().startsWith('<<') &&
    !copy.getFlags().some((flag) => flag.getName() === 'from');

  it('pins every image to a full version, builder and final stage of one family', () => {
    const images = parsed.getInitialARGs().map((argument) => argument.getProperty()?.getValue());
    for (const image of images) expect(image).toMatch(/^[\w./-]+:\d+\.\d+[\w.-]*$/);
    expect(images.every((image) => image!.includes('alpine') === name.startsWith('alpine'))).toBe(true);
    for (const from of stages) expect(from.getImage()).toMatch(/^(\$\{(PYTHON|BASE)_IMAGE\}|scratch)$/);
  });

  it('copies from the context only what the ignore file lets in', () => {
    const ignore = read(name.includes('workspace') ? 'workspace.dockerignore' : 'project.dockerignore');
    const allowed = [...ignore.matchAll(/^!(.+)$/gm)].map((match) => match[1]!);
    const sources = parsed
      .getCOPYs()
      .filter(isFromContext)
      .flatMap((copy) => copy.getArguments().slice(0, -1));
    expect(sources.length).toBeGreaterThan(1);
    for (const source of sources.map((argument) => argument.getValue()))
      expect([source, allowed.some((path) => `${source}/`.startsWith(`${path}/`))]).toEqual([source, true]);
  });

  it('runs nothing in the final stage, and brings the app last', () => {
    expect(final.map((instruction) => instruction.getKeyword())).not.toContain('RUN');
    const copies = parsed.getCOPYs().filter((copy) => copy.getRange().start.line > last);
    expect(
      copies
        .at(-1)
        ?.getArguments()
        .map((argument) => argument.getValue()),
    ).toEqual(['/app/', './']);
  });

  it('starts and checks in exec form, as a number, with a signal', () => {
    for (const command of [...parsed.getENTRYPOINTs(), ...parsed.getCMDs()])
      expect(command.getOpeningBracket()).not.toBeNull();
    const argumentsOf = (keyword: string) =>
      final.find((instruction) => instruction.getKeyword() === keyword)?.getArgumentsContent();
    expect(argumentsOf('USER')).toBe('1001:1001');
    expect(argumentsOf('STOPSIGNAL')).toBe('SIGTERM');
    expect(argumentsOf('HEALTHCHECK')).toMatch(/CMD \["\/usr\/local\/bin\/python3", "-I", "-S"/);
  });

  it('mounts secrets, never copies or names their content', () => {
    expect(text).not.toMatch(/^(COPY|ADD).*(netrc|pip\.conf|secrets)/m);
    expect(text).not.toMatch(/^(ARG|ENV).*(TOKEN|PASSWORD|SECRET)/m);
    for (const id of ['pip', 'netrc', 'ca']) expect(text).toContain(`--mount=type=secret,id=${id},`);
  });

  it('compiles bytecode in one process, with a fixed seed and without times', () => {
    const compiles = text.split('\n').filter((line) => line.includes('-m compileall'));
    expect(compiles).toHaveLength(3);
    for (const line of compiles)
      expect(line).toMatch(/^PYTHONHASHSEED=0 \S+ -P -B -m compileall .*--invalidation-mode unchecked-hash /);
  });
});

describe('what the description says wrong', () => {
  it('a version without an image is an error', () => {
    expect(() => renderImage(service({ runtimeVersion: '2.7' }))).toThrow(
      'apps/api/toolbox.yaml: version: the catalogue has no image python-2.7-slim',
    );
  });

  it('no lockfile is an error that says what to do', () => {
    expect(() => renderImage(service({ build: { ...service().build, lockfile: null } }))).toThrow(
      /^apps\/api\/toolbox\.yaml: build\.lockfile: no lockfile is named.*apps\/api\/uv\.lock$/,
    );
  });
});
