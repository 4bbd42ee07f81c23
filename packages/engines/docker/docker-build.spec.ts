import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError, type BuildRequest } from '../engine';
import { buildRequest } from '../fixture-client';
import { FixtureDocker, type Answer } from './fixture-docker';

let docker: FixtureDocker;
let printed: string;

beforeEach(() => {
  docker = new FixtureDocker();
  printed = '';
  for (const stream of [process.stdout, process.stderr])
    jest.spyOn(stream, 'write').mockImplementation((text) => {
      printed += String(text);
      return true;
    });
});

afterEach(() => {
  jest.restoreAllMocks();
  docker.remove();
});

const digest = `sha256:${'a'.repeat(64)}`;
const config = `sha256:${'b'.repeat(64)}`;
const metadata = JSON.stringify({ 'containerimage.digest': digest });
const oldStore = {
  when: 'type=oci',
  code: 1,
  stderr: 'ERROR: OCI exporter is not supported for the docker driver. Switch…\n',
};

function request(more: Partial<BuildRequest> = {}): BuildRequest {
  return buildRequest({ layout: join(docker.folder, 'layout'), ...more });
}

describe('build', () => {
  it('is one process that writes the layout', async () => {
    const base = `#6 [one 1/3] FROM docker.io/library/debian:13.2-slim@${config}\n`;
    const built = await docker.engine([{ when: 'buildx build', file: metadata, stderr: base }]).build(
      request({
        buildArgs: { B: '2', A: '1' },
        secrets: [{ id: 'ca', file: '/a,b.pem' }],
        platforms: ['linux/amd64', 'linux/arm64'],
        builder: 'remote',
        target: 'final',
        noCache: true,
        cacheFrom: ['type=gha'],
      }),
    );
    expect(built).toMatchObject({
      kind: 'layout',
      digest,
      bases: { 'docker.io/library/debian:13.2-slim': config },
    });
    const [args, ...others] = docker.calls();
    expect(others).toEqual([]);
    expect(args!.map((arg) => (arg.includes('toolbox-build-') ? '<metadata>' : arg))).toEqual([
      ...['buildx', 'build', '--file', '/ws/apps/api/Dockerfile'],
      ...[
        '--output',
        `type=oci,tar=false,dest=${join(docker.folder, 'layout')}`,
        '--metadata-file',
        '<metadata>',
      ],
      ...['--provenance=false', '--sbom=false', '--build-arg', 'SOURCE_DATE_EPOCH=0'],
      ...['--build-arg', 'A=1', '--build-arg', 'B=2', '--secret', 'id=ca,"src=/a,b.pem"'],
      ...['--platform', 'linux/amd64,linux/arm64', '--builder', 'remote', '--target', 'final'],
      ...['--cache-from', 'type=gha', '--no-cache', '--progress', 'plain', '/ws'],
    ]);
    expect(printed).toContain('FROM docker.io/library/debian');
  });

  it('goes through the classic store where that cannot write a layout, and remembers it', async () => {
    const answers: Answer[] = [
      oldStore,
      { when: '^version', stdout: '26.1.5\n' },
      { when: '^info', stdout: '[["Backing Filesystem","extfs"]]\n' },
      { when: '--load', file: config },
      { when: '^save', stdout: 'archive' },
    ];
    const built = await docker.engine(answers).build(request());
    if (built.kind !== 'archive') throw new Error('expected an archive');
    expect(built.imageId).toBe(config);
    expect(existsSync(join(docker.folder, 'layout'))).toBe(false);
    const { stream, done } = built.save();
    expect(await text(stream)).toBe('archive');
    await done;
    expect(docker.calls().at(-1)).toEqual(['save', config]);

    const before = docker.calls().length;
    await docker.engine(answers).build(request());
    expect(
      docker
        .calls()
        .slice(before)
        .some((args) => args.join(' ').includes('type=oci')),
    ).toBe(false);
  });

  it('finds out when the store has changed since', async () => {
    writeFileSync(join(docker.folder, 'memory.json'), '{"default":"classic"}');
    const built = await docker
      .engine([
        { when: '^version', stdout: '29.0.0\n' },
        { when: '^info', stdout: '[["driver-type","io.containerd.snapshotter.v1"]]\n' },
        { when: 'type=oci', file: metadata },
      ])
      .build(request());
    expect(built.kind).toBe('layout');
    expect(readFileSync(join(docker.folder, 'memory.json'), 'utf8')).toBe('{}');
  });

  it('passes over an older client without buildx that stands first on PATH', async () => {
    const engine = docker.engine(
      [{ when: '', code: 125, stderr: "unknown flag: --file\nSee 'docker --help'.\n" }],
      'old',
    );
    process.env['PATH'] = [
      join(docker.folder, 'old'),
      docker.install('new', [{ when: 'buildx', file: metadata }]),
    ].join(':');
    expect(await engine.build(request())).toMatchObject({ digest });
    expect(docker.calls('new')).toHaveLength(1);
  });

  it.each<[string, string, string]>([
    [
      'no plugin',
      "docker: 'buildx' is not a docker command.\n",
      'Docker has no buildx plugin. Install it (package docker-buildx-plugin or docker-buildx) and run this again.',
    ],
    [
      'what a step says of itself',
      '#9 [deps 3/3] RUN x\n#9 1.204 Resolved 3 packages\n#9 1.3 toolbox: apps/api/uv.lock: does not match. Run uv lock.\nERROR: failed to solve: process "x" did not complete successfully: exit code: 1\n',
      'apps/api/uv.lock: does not match. Run uv lock.',
    ],
    [
      'a program of another processor',
      '#7 [linux/arm64 2/2] RUN x\n------\n > [linux/arm64 2/2] RUN x:\n0.158 exec /x: exec format error\n------\nDockerfile:4\nERROR: failed to solve: process "x" did not complete successfully: exit code: 1\n',
      "apps/api/Dockerfile:4: the builder cannot run programs for linux/arm64. Install QEMU's user emulation where it runs, or name a builder of that platform with --builder.",
    ],
    [
      'a base without the platform',
      'ERROR: failed to solve: acme/base:1: no match for platform in manifest sha256:aa: not found\n',
      'apps/api/Dockerfile: the base image is not there for the platform. Choose another base, or other --platforms.',
    ],
    [
      'nothing, because it was shown as it came',
      '',
      'apps/api/Dockerfile: the build failed. Why stands above.',
    ],
    [
      'no engine',
      'ERROR: Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?\n',
      'Docker does not answer at unix:///x.sock. Start it (systemctl start docker, or Docker Desktop) and run this again.',
    ],
    [
      'no permission',
      'ERROR: permission denied while trying to connect to the Docker daemon socket at unix:///x.sock: dial unix: permission denied\n',
      'Docker refuses this user: permission denied on its socket. Add the user to the group docker and log in again, or use a rootless engine.',
    ],
    [
      'dies while it builds',
      '#1 DONE 0.0s\nERROR: failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF\n',
      'Docker stopped answering during the build. Start it again and repeat the build; nothing half-built was kept.',
    ],
    [
      'is gone in the middle',
      '#1 DONE 0.0s\nERROR: Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?\n',
      'Docker stopped answering during the build. Start it again and repeat the build; nothing half-built was kept.',
    ],
    [
      'full disk',
      'ERROR: failed to solve: write /ws/dist/images/api/ingest/c8/data: no space left on device: unknown\n',
      '/ws/dist/images/api: no space left on device. Free some, e.g. with: docker builder prune',
    ],
    [
      'full disk in a step',
      '#9 0.1 dd: error writing \'/x\': No space left on device\nERROR: failed to solve: process "dd" did not complete successfully: exit code: 1\n',
      '/x: no space left on device. Free some, e.g. with: docker builder prune',
    ],
    [
      'a failing step',
      '------\n > [deps 3/3] RUN npm ci:\n0.1 npm ERR!\n------\nDockerfile:12\n----\nERROR: failed to solve: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1\n',
      'apps/api/Dockerfile:12: RUN npm ci failed with exit code 1. Its output stands above.',
    ],
    [
      'an unknown instruction',
      'Dockerfile:3\n----\nERROR: failed to solve: dockerfile parse error on line 3: unknown instruction: FOO\n',
      'apps/api/Dockerfile:3: unknown instruction: FOO',
    ],
    [
      'a source that is not there',
      'Dockerfile:9\n----\nERROR: failed to solve: failed to compute cache key: failed to calculate checksum of ref a::b: "/dist/x": not found\n',
      'apps/api/Dockerfile:9: dist/x is not in the build context. Is it built, and let in by the ignore file?',
    ],
    [
      'a base that is not there',
      'Dockerfile:1\n----\nERROR: failed to solve: nope.example/x:1: failed to resolve source metadata for nope.example/x:1: not found\n',
      'apps/api/Dockerfile:1: the base image nope.example/x:1 could not be had: not found',
    ],
  ])('says in one line: %s', async (_, stderr, message) => {
    await expect(docker.engine([{ when: '', code: 1, stderr }]).build(request())).rejects.toThrow(
      new EngineError(message),
    );
  });

  it('says in one line: no docker at all', async () => {
    const engine = docker.engine([]);
    process.env['PATH'] = join(docker.folder, 'nothing');
    await expect(engine.build(request())).rejects.toThrow(
      new EngineError(
        'Docker was not found. Install Docker Engine 25 or later, or add the folder of docker to PATH.',
      ),
    );
  });

  it('says in one line: too old', async () => {
    const engine = docker.engine([
      oldStore,
      { when: '^version', stdout: '24.0.7\n' },
      { when: '^info', stdout: '[]' },
    ]);
    await expect(engine.build(request())).rejects.toThrow(
      'Docker 24.0.7 is too old. Install Docker Engine 25 or later.',
    );
  });

  it('prints instead of building in a dry run', async () => {
    await docker.engine([]).build(request({ dryRun: true, buildArgs: { A: 'x y' } }));
    expect(docker.calls()).toEqual([]);
    expect(printed).toMatch(
      /docker buildx build --file \/ws\/apps\/api\/Dockerfile .*--build-arg 'A=x y'.* \/ws\n$/,
    );
    expect(existsSync(join(docker.folder, 'layout'))).toBe(false);
  });
});

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: string[] = [];
  for await (const chunk of stream) chunks.push(String(chunk));
  return chunks.join('');
}
