import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EngineError, type BuildRequest, type BuildResult } from '../engine';
import { buildRequest, FixtureClient, type Answer } from '../fixture-client';

let podman: FixtureClient;

beforeEach(() => {
  podman = new FixtureClient('podman');
  for (const stream of [process.stdout, process.stderr])
    jest.spyOn(stream, 'write').mockImplementation(() => true);
});

afterEach(() => {
  jest.restoreAllMocks();
  podman.remove();
});

const id = `sha256:${'a'.repeat(64)}`;
const base = `sha256:${'b'.repeat(64)}`;
const info: Answer = { when: '^info', stdout: '4.3.1\n' };

function request(dockerfile: string, more: Partial<BuildRequest> = {}): BuildRequest {
  const context = join(podman.folder, 'ws');
  mkdirSync(context, { recursive: true });
  writeFileSync(join(context, 'Dockerfile'), dockerfile);
  const layout = join(podman.folder, 'layout');
  return buildRequest({ context, dockerfile: join(context, 'Dockerfile'), layout, ...more });
}

/** A build's own argument, without the name of the temporary folder. */
const stable = (argument: string) =>
  argument.replace(/=?[^=]*toolbox-build-\w+\//, (found) => (found.startsWith('=') ? '=<tmp>/' : '<tmp>/'));

describe('build', () => {
  it('builds into the store, in the format with a health check, out of a rewritten Dockerfile', async () => {
    const answers = [
      info,
      { when: '^build', file: id },
      { when: '^image inspect', stdout: `${base}\n` },
      { when: '^save', stdout: 'archive' },
    ];
    const asked = request("FROM node:24\nCOPY <<'EOF' /a\nEOF\n", {
      buildArgs: { B: '2', A: '1' },
      secrets: [{ id: 'ca', file: '/ca.pem' }],
      platforms: ['linux/arm64'],
      target: 'final',
      noCache: true,
    });
    writeFileSync(`${asked.dockerfile}.dockerignore`, '*\n');
    const engine = podman.engine(answers);
    const built = await engine.build(asked);
    if (built.kind !== 'archive') throw new Error('expected an archive');
    expect(built).toMatchObject({ imageId: id, bases: {} });
    expect(podman.calls()[1]!.map(stable)).toEqual([
      ...['build', '--format', 'docker', '--layers', '--identity-label=false', '--timestamp', '0'],
      ...['--file', '<tmp>/Dockerfile', '--iidfile', '<tmp>/id'],
      ...['--ignorefile', `${asked.dockerfile}.dockerignore`],
      ...['--build-context', 'toolbox-heredocs=<tmp>/heredocs'],
      ...['--build-arg', 'A=1', '--build-arg', 'B=2', '--secret', 'id=ca,src=/ca.pem'],
      ...['--platform', 'linux/arm64', '--target', 'final', '--no-cache', asked.context],
    ]);
    const [dockerfile = ''] = podman.calls()[1]!.filter((argument) => argument.endsWith('/Dockerfile'));
    expect(dockerfile).not.toBe(asked.dockerfile);
    expect(existsSync(dirname(dockerfile))).toBe(false);

    const { stream, done } = built.save();
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    await done;
    expect(text).toBe('archive');
    expect(podman.calls().at(-1)).toEqual(['save', '--format', 'docker-archive', id]);
  });

  it('asks for the digest of the base image', async () => {
    const answers = [info, { when: '^build', file: id }, { when: '^image inspect', stdout: `${base}\n` }];
    const built = await podman.engine(answers).build(request('FROM node\n'));
    expect(built.bases).toEqual({ 'docker.io/library/node:latest': base });
  });

  it.each<[Partial<BuildRequest>, string]>([
    [{ builder: 'remote' }, 'builder: Podman has no builders such as remote.'],
    [{ platforms: ['linux/amd64', 'linux/arm64'] }, 'platforms: Podman builds one platform at a time'],
    [{ cacheFrom: ['type=gha'] }, 'cacheFrom: type=gha is a cache of BuildKit'],
    [{ cacheTo: ['type=gha'] }, 'cacheTo: type=gha is a cache of BuildKit'],
  ])('refuses %j', async (more, message) => {
    await expect(podman.engine([info]).build(request('FROM scratch\n', more))).rejects.toThrow(message);
    expect(podman.calls()).toHaveLength(1);
  });

  it('names file and line of what cannot be rewritten', async () => {
    const failing = podman.engine([info]).build(request('FROM scratch\nRUN <<EOF\n#!/bin/x\nEOF\n'));
    await expect(failing).rejects.toThrow(EngineError);
    await expect(failing).rejects.toThrow(
      'apps/api/Dockerfile:2: a script with #! in a heredoc needs BuildKit.',
    );
  });

  it.each<[string, string, string]>([
    [
      'a command of the second stage',
      'Error: building at STEP "RUN /bin/sh -c npm ci\nx": while running runtime: exit status 3\n',
      'apps/api/Dockerfile:5: RUN <<EOF failed with exit code 3. Its output stands above.',
    ],
    [
      'what a step says of itself',
      'toolbox: apps/api/uv.lock: does not match. Run uv lock.\nError: building at STEP "RUN x": while running runtime: exit status 1\n',
      'apps/api/uv.lock: does not match. Run uv lock.',
    ],
    [
      'a missing file',
      'Error: building at STEP "COPY nope /": checking on sources under "/ws": copier: stat: "/nope": no such file or directory\n',
      'apps/api/Dockerfile:5: nope is not in the build context. Is it built, and let in by the ignore file?',
    ],
    [
      'no base image',
      'Trying to pull x...\nError: creating build container: initializing source docker://x:1: no such host\n',
      'apps/api/Dockerfile:5: the base image could not be had: initializing source docker://x:1: no such host',
    ],
    [
      'an instruction that it does not know',
      'time="2026" level=error msg="x"\nError: building at STEP "COPY --parents a /": COPY only supports the --chmod flag\n',
      'apps/api/Dockerfile:5: COPY only supports the --chmod flag',
    ],
    [
      'a full disk',
      'Error: committing container: write /x: no space left on device\n',
      "The disk of Podman's store: no space left on device. Free some, e.g. with: podman image prune",
    ],
  ])('tells of %s in one line', async (_, stderr, line) => {
    const stdout = '[1/2] STEP 1/1: FROM scratch AS a\n[2/2] STEP 1/3: FROM x\n[2/2] STEP 2/3: RUN x\n';
    const engine = podman.engine([info, { when: '^build', code: 125, stdout, stderr }]);
    const dockerfile = 'FROM scratch AS a\n\nFROM x\n# why\nRUN <<EOF\nnpm ci\nEOF\nCOPY nope /\n';
    await expect(engine.build(request(dockerfile))).rejects.toThrow(new EngineError(line));
  });

  it('prints the command instead of running it', async () => {
    expect(await podman.engine([info]).build(request('FROM x\n', { dryRun: true }))).toMatchObject({
      imageId: '',
      bases: {},
    });
    expect(podman.calls()).toHaveLength(1);
    expect(existsSync(join(podman.folder, 'layout'))).toBe(false);
  });
});

describe('the configuration of an image', () => {
  const written = {
    created: '1970-01-01T00:00:00Z',
    container: 'c',
    container_config: { Hostname: 'h' },
    config: {
      Hostname: 'h',
      User: '1:1',
      Volumes: {},
      OnBuild: [],
      Cmd: ['x'],
      Healthcheck: { Test: ['CMD', 'x'], Interval: 1e10 },
    },
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: ['sha256:1', 'sha256:2'] },
    history: [
      { created_by: 'below', comment: 'theirs' },
      { created_by: '/bin/sh -c #(nop) COPY dir:92e7 in /', comment: 'FROM 2becabe04325' },
      { created_by: '/bin/sh -c #(nop) HEALTHCHECK …', empty_layer: true },
    ],
  };

  const amended = async (dockerfile: string) => {
    const answers = [info, { when: '^build', file: id }, { when: '^image inspect', code: 125 }];
    const built: BuildResult = await podman.engine(answers).build(request(dockerfile));
    return built.kind === 'archive' ? built.amendConfig?.(written) : undefined;
  };

  it("has BuildKit's form: nothing of the machine, the start interval, the Dockerfile's own instructions", async () => {
    const dockerfile =
      'FROM x\nCOPY --link --from=a /b \\\n  /\nHEALTHCHECK --start-interval=1m1.5s CMD ["x"]\n';
    expect(await amended(dockerfile)).toEqual({
      created: '1970-01-01T00:00:00Z',
      config: {
        User: '1:1',
        Cmd: ['x'],
        Healthcheck: { Test: ['CMD', 'x'], Interval: 1e10, StartInterval: 61.5e9 },
      },
      architecture: 'amd64',
      os: 'linux',
      rootfs: written.rootfs,
      history: [
        { created_by: 'below', comment: 'theirs' },
        { created_by: 'COPY --link --from=a /b /' },
        { created_by: 'HEALTHCHECK --start-interval=1m1.5s CMD ["x"]', empty_layer: true },
      ],
    });
  });

  it('keeps a history that is not of this Dockerfile', async () => {
    const config = await amended('FROM x\nRUN a\nRUN b\nRUN c\nRUN d\n');
    expect(config).toMatchObject({
      config: { Healthcheck: { Test: ['CMD', 'x'], Interval: 1e10 } },
      history: written.history,
    });
  });
});
