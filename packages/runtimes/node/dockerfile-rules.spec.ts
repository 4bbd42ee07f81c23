import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DockerfileParser, type Copy } from 'dockerfile-ast';
import { service } from './fixture-service';
import { renderImage } from './render-image';

const folder = join(__dirname, 'golden');
const goldens = readdirSync(folder).filter((name) => name.endsWith('.Dockerfile'));
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

/** What every Dockerfile of the runtime keeps to, whatever the family and the package manager. */
describe.each(goldens)('%s', (name) => {
  const text = read(name);
  const parsed = DockerfileParser.parse(text);
  const stages = parsed.getFROMs();
  const last = stages[stages.length - 1]!;
  const final = parsed
    .getInstructions()
    .filter((instruction) => instruction.getRange().start.line > last.getRange().start.line);
  const isHeredoc = (copy: Copy) => copy.getArguments()[0]?.getValue().startsWith('<<');

  it('pins every image to a full version', () => {
    const images = parsed.getInitialARGs().map((argument) => argument.getProperty()?.getValue());
    for (const image of images) expect(image).toMatch(/^[\w./-]+:\d+\.\d+[\w.-]*$/);
    for (const from of stages) expect(from.getImage()).toMatch(/^(\$\{(NODE|BASE)_IMAGE\}|scratch)$/);
  });

  it('asks for no frontend image', () => expect(text).not.toMatch(/^#\s*syntax=/m));

  it('copies from the context only what the ignore file lets in', () => {
    const ignore = read(name.includes('bundled') ? 'bundled.dockerignore' : 'pruned.dockerignore');
    const allowed = [...ignore.matchAll(/^!(.+)$/gm)].map((match) => match[1]!);
    const sources = parsed
      .getCOPYs()
      .filter((copy) => !isHeredoc(copy) && !copy.getFlags().some((flag) => flag.getName() === 'from'))
      .map((copy) => copy.getArguments()[0]!.getValue());
    expect(sources.length).toBeGreaterThan(0);
    for (const source of sources) {
      expect([source, allowed.some((path) => `${source}/`.startsWith(`${path}/`))]).toEqual([source, true]);
    }
    for (const path of allowed)
      expect([path, sources.some((source) => source.startsWith(`${path}/`))]).toEqual([path, true]);
  });

  it('runs nothing in the final stage, and brings the app last', () => {
    const keywords = final.map((instruction) => instruction.getKeyword());
    expect(keywords).not.toContain('RUN');
    const copies = parsed
      .getCOPYs()
      .filter((copy) => final.some((other) => other.getRange().start.line === copy.getRange().start.line));
    expect(
      copies
        .at(-1)
        ?.getArguments()
        .map((argument) => argument.getValue()),
    ).toEqual(['dist/apps/api/', './']);
  });

  it('starts and checks in exec form, as a number, with a signal', () => {
    for (const command of [...parsed.getENTRYPOINTs(), ...parsed.getCMDs()])
      expect(command.getOpeningBracket()).not.toBeNull();
    const argumentsOf = (keyword: string) =>
      final.find((instruction) => instruction.getKeyword() === keyword)?.getArgumentsContent();
    expect(argumentsOf('USER')).toBe('1001:1001');
    expect(argumentsOf('STOPSIGNAL')).toBe('SIGTERM');
    expect(argumentsOf('HEALTHCHECK')).toMatch(/CMD \["\/usr\/local\/bin\/node"/);
  });

  it('mounts secrets, never copies or names their content', () => {
    expect(text).not.toMatch(/^(COPY|ADD).*(npmrc|yarnrc|secrets)/m);
    expect(text).not.toMatch(/^(ARG|ENV).*(TOKEN|PASSWORD|SECRET|NPM)/m);
    if (!name.includes('bundled')) expect(text).toContain('--mount=type=secret,id=ca,target=/run/secrets/ca');
  });
});

describe('values of the description', () => {
  const dockerfile = (changes: Parameters<typeof service>[0]) => renderImage(service(changes))[0]!.content;

  it('are taken literally', () => {
    const text = dockerfile({ settings: { GREETING: 'say "hi" to $USER \\o/' } });
    expect(text).toContain('  GREETING="say \\"hi\\" to \\$USER \\\\o/"');
  });

  it('win over what the image says of itself', () => {
    const text = dockerfile({ settings: { SERVICE_NAME: 'shop', SERVICE_VERSION: '7' } });
    expect(text).toContain('  SERVICE_NAME="shop"');
    expect(text).toContain('  SERVICE_VERSION="7"');
    expect(text.match(/SERVICE_VERSION/g)).toHaveLength(1);
  });

  it('of a version without an image are an error', () => {
    expect(() => dockerfile({ runtimeVersion: '18' })).toThrow(
      'apps/api/toolbox.yaml: version: the catalogue has no image node-18-slim',
    );
  });
});
