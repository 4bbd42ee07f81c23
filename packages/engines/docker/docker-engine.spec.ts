import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { EngineError, type BuildRequest, type RunRequest } from '../engine';
import { openEngine } from '../engines';

/** A `docker` that writes down its arguments and answers as a scenario says: the first answer whose pattern matches them. */
interface Answer {
  readonly when: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly code?: number;
  /** Content for the file that follows `--metadata-file` or `--iidfile`. */
  readonly file?: string;
}

const program = `#!${process.execPath}
const fs = require('node:fs');
const folder = __dirname;
const args = process.argv.slice(2);
fs.appendFileSync(folder + '/log', JSON.stringify(args) + '\\n');
const answers = JSON.parse(fs.readFileSync(folder + '/answers', 'utf8'));
const answer = answers.find(({ when }) => new RegExp(when).test(args.join(' '))) ?? { code: 99, stderr: 'unexpected: ' + args.join(' ') };
const at = args.findIndex((arg) => arg === '--metadata-file' || arg === '--iidfile');
if (answer.file && at >= 0) fs.writeFileSync(args[at + 1], answer.file);
fs.writeSync(2, answer.stderr ?? '');
fs.writeSync(1, answer.stdout ?? '');
if (args[0] === 'load') process.stdin.resume().on('end', () => process.exit(answer.code ?? 0));
else process.exit(answer.code ?? 0);
`;

const path = process.env['PATH'];
let folder: string;
let printed: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'toolbox-engine-'));
  printed = '';
  for (const stream of [process.stdout, process.stderr])
    jest.spyOn(stream, 'write').mockImplementation((text) => {
      printed += String(text);
      return true;
    });
});

afterEach(() => {
  jest.restoreAllMocks();
  process.env['PATH'] = path;
  rmSync(folder, { recursive: true, force: true });
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
  return {
    context: '/ws',
    dockerfile: '/ws/apps/api/Dockerfile',
    dockerfileName: 'apps/api/Dockerfile',
    layout: join(folder, 'layout'),
    buildArgs: {},
    labels: {},
    secrets: [],
    platforms: [],
    cacheFrom: [],
    cacheTo: [],
    sourceDateEpoch: 0,
    progress: 'auto',
    ...more,
  };
}

function engine(answers: readonly Answer[], name = 'bin') {
  const bin = install(name, answers);
  process.env['PATH'] = bin;
  return openEngine('docker', { memoryFile: join(folder, 'memory.json') });
}

function install(name: string, answers: readonly Answer[]): string {
  const bin = join(folder, name);
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'docker'), program, { mode: 0o755 });
  writeFileSync(join(bin, 'answers'), JSON.stringify(answers));
  return bin;
}

const calls = (name = 'bin'): string[][] =>
  existsSync(join(folder, name, 'log'))
    ? readFileSync(join(folder, name, 'log'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as string[])
    : [];

describe('openEngine', () => {
  it('names the choices', () => {
    expect(() => openEngine('dockr')).toThrow(new EngineError('Unknown engine "dockr". Use docker.'));
  });
});

describe('build', () => {
  it('is one process that writes the layout', async () => {
    const base = `#6 [one 1/3] FROM docker.io/library/debian:13.2-slim@${config}\n`;
    const built = await engine([{ when: 'buildx build', file: metadata, stderr: base }]).build(
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
    const [args, ...others] = calls();
    expect(others).toEqual([]);
    expect(args!.map((arg) => (arg.includes('toolbox-build-') ? '<metadata>' : arg))).toEqual([
      ...['buildx', 'build', '--file', '/ws/apps/api/Dockerfile'],
      ...['--output', `type=oci,tar=false,dest=${join(folder, 'layout')}`, '--metadata-file', '<metadata>'],
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
    const built = await engine(answers).build(request());
    if (built.kind !== 'archive') throw new Error('expected an archive');
    expect(built.imageId).toBe(config);
    expect(existsSync(join(folder, 'layout'))).toBe(false);
    const { stream, done } = built.save();
    expect(await text(stream)).toBe('archive');
    await done;
    expect(calls().at(-1)).toEqual(['save', config]);

    const before = calls().length;
    await engine(answers).build(request());
    expect(
      calls()
        .slice(before)
        .some((args) => args.join(' ').includes('type=oci')),
    ).toBe(false);
  });

  it('finds out when the store has changed since', async () => {
    writeFileSync(join(folder, 'memory.json'), '{"default":"classic"}');
    const built = await engine([
      { when: '^version', stdout: '29.0.0\n' },
      { when: '^info', stdout: '[["driver-type","io.containerd.snapshotter.v1"]]\n' },
      { when: 'type=oci', file: metadata },
    ]).build(request());
    expect(built.kind).toBe('layout');
    expect(readFileSync(join(folder, 'memory.json'), 'utf8')).toBe('{}');
  });

  it('passes over an older client without buildx that stands first on PATH', async () => {
    const docker = engine(
      [{ when: '', code: 125, stderr: "unknown flag: --file\nSee 'docker --help'.\n" }],
      'old',
    );
    process.env['PATH'] = [join(folder, 'old'), install('new', [{ when: 'buildx', file: metadata }])].join(
      ':',
    );
    expect(await docker.build(request())).toMatchObject({ digest });
    expect(calls('new')).toHaveLength(1);
  });

  it.each<[string, string, string]>([
    [
      'no plugin',
      "docker: 'buildx' is not a docker command.\n",
      'Docker has no buildx plugin. Install it (package docker-buildx-plugin or docker-buildx) and run this again.',
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
    await expect(engine([{ when: '', code: 1, stderr }]).build(request())).rejects.toThrow(
      new EngineError(message),
    );
  });

  it('says in one line: no docker at all', async () => {
    const docker = engine([]);
    process.env['PATH'] = join(folder, 'nothing');
    await expect(docker.build(request())).rejects.toThrow(
      new EngineError(
        'Docker was not found. Install Docker Engine 25 or later, or add the folder of docker to PATH.',
      ),
    );
  });

  it('says in one line: too old', async () => {
    const docker = engine([
      oldStore,
      { when: '^version', stdout: '24.0.7\n' },
      { when: '^info', stdout: '[]' },
    ]);
    await expect(docker.build(request())).rejects.toThrow(
      'Docker 24.0.7 is too old. Install Docker Engine 25 or later.',
    );
  });

  it('prints instead of building in a dry run', async () => {
    await engine([]).build(request({ dryRun: true, buildArgs: { A: 'x y' } }));
    expect(calls()).toEqual([]);
    expect(printed).toMatch(
      /docker buildx build --file \/ws\/apps\/api\/Dockerfile .*--build-arg 'A=x y'.* \/ws\n$/,
    );
    expect(existsSync(join(folder, 'layout'))).toBe(false);
  });
});

describe('findImage', () => {
  it.each<[string, string, string | null]>([
    ['containerd', digest, digest],
    ['classic', config, config],
    ['another image under that name', `sha256:${'c'.repeat(64)}`, null],
  ])('%s', async (_, stdout, expected) => {
    expect(
      await engine([
        { when: '^image inspect', stdout: `${stdout}\n`, code: 1, stderr: 'Error: No such image: x\n' },
      ]).findImage(digest, config),
    ).toBe(expected);
    expect(calls()).toEqual([['image', 'inspect', '--format', '{{.Id}}', digest, config]]);
  });

  it('does not take a silent engine for a missing image', async () => {
    const docker = engine([
      {
        when: '',
        code: 1,
        stderr: 'Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?\n',
      },
    ]);
    await expect(docker.findImage(digest, config)).rejects.toThrow(
      'Docker does not answer at unix:///x.sock.',
    );
  });
});

describe('load', () => {
  it('streams the archive and reports what docker says', async () => {
    await engine([{ when: '^load' }]).load(Readable.from(['archive']));
    const failing = engine([
      { when: '^load', code: 1, stderr: 'Error response from daemon: invalid tar header\n' },
    ]);
    await expect(failing.load(Readable.from(['x']))).rejects.toThrow(
      new EngineError('Docker could not load the image: invalid tar header'),
    );
  });
});

describe('containers', () => {
  const start: RunRequest = {
    image: digest,
    name: 'api',
    user: '1001:1002',
    publish: [{ host: '127.0.0.1', hostPort: 3000, containerPort: 8080 }],
    tmpfs: ['/tmp'],
    env: { A: 'b' },
    labels: { 'io.toolbox.project': 'api' },
    memory: '512m',
    cpus: '0.5',
  };

  it('are always locked down', async () => {
    expect(await engine([{ when: '^run', stdout: 'id\n' }]).start(start)).toBe('id');
    expect(calls()[0]).toEqual([
      ...['run', '--detach', '--name', 'api', '--user', '1001:1002'],
      ...['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--pids-limit', '256'],
      ...[
        '--tmpfs',
        '/tmp:rw,noexec,nosuid,nodev,size=64m,uid=1001,gid=1002',
        '--publish',
        '127.0.0.1:3000:8080',
      ],
      ...[
        '--env',
        'A=b',
        '--label',
        'io.toolbox.project=api',
        '--memory',
        '512m',
        '--memory-swap',
        '512m',
        '--cpus',
        '0.5',
        digest,
      ],
    ]);
  });

  it('leave nothing behind where the port is taken', async () => {
    const stderr =
      'docker: Error response from daemon: driver failed: Bind for 127.0.0.1:3000 failed: port is already allocated.\n';
    const docker = engine([{ when: '^run', code: 125, stderr }, { when: '^rm' }]);
    await expect(docker.start(start)).rejects.toThrow(
      new EngineError(
        'Port 3000 of 127.0.0.1 is in use. Choose another with --port, or stop what listens there.',
      ),
    );
    expect(calls()[1]).toEqual(['rm', '--force', 'api']);
  });

  it("never remove somebody else's", async () => {
    const stderr =
      'docker: Error response from daemon: Conflict. The container name "/api" is already in use by container "x".\n';
    await expect(engine([{ when: '^run', code: 125, stderr }]).start(start)).rejects.toThrow(
      'A container named api exists already.',
    );
    expect(calls()).toHaveLength(1);
  });

  it('are read as docker describes them', async () => {
    const inspected = [
      {
        Id: 'id',
        Image: digest,
        State: {
          Status: 'running',
          ExitCode: 0,
          Health: { Status: 'starting', Log: [{ Output: 'refused\n', ExitCode: 1 }] },
        },
        Config: { Labels: { a: 'b' } },
        NetworkSettings: {
          Ports: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '32768' }], '9/udp': null },
        },
      },
    ];
    expect(
      await engine([{ when: '^container inspect', stdout: JSON.stringify(inspected) }]).inspectContainer(
        'api',
      ),
    ).toEqual({
      id: 'id',
      image: digest,
      status: 'running',
      exitCode: 0,
      health: 'starting',
      healthLog: ['refused (exit code 1)'],
      labels: { a: 'b' },
      ports: { '8080/tcp': 32768 },
    });
    expect(
      await engine([{ when: '', code: 1, stderr: 'Error: No such container: api\n' }]).inspectContainer(
        'api',
      ),
    ).toBeNull();
  });
});

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: string[] = [];
  for await (const chunk of stream) chunks.push(String(chunk));
  return chunks.join('');
}
