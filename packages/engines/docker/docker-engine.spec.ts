import { Readable } from 'node:stream';
import { EngineError, type RunRequest } from '../engine';
import { openEngine } from '../engines';
import { FixtureDocker } from './fixture-docker';

let docker: FixtureDocker;

beforeEach(() => void (docker = new FixtureDocker()));
afterEach(() => docker.remove());

const digest = `sha256:${'a'.repeat(64)}`;
const config = `sha256:${'b'.repeat(64)}`;
describe('openEngine', () => {
  it('names the choices', () => {
    expect(() => openEngine('dockr')).toThrow(
      new EngineError('Unknown engine "dockr". Use docker or podman.'),
    );
  });
});

describe('findImage', () => {
  it.each<[string, string, string | null]>([
    ['containerd', digest, digest],
    ['classic', config, config],
    ['another image under that name', `sha256:${'c'.repeat(64)}`, null],
  ])('%s', async (_, stdout, expected) => {
    expect(
      await docker
        .engine([
          { when: '^image inspect', stdout: `${stdout}\n`, code: 1, stderr: 'Error: No such image: x\n' },
        ])
        .findImage(digest, config),
    ).toBe(expected);
    expect(docker.calls()).toEqual([['image', 'inspect', '--format', '{{.Id}}', digest, config]]);
  });

  it('does not take a silent engine for a missing image', async () => {
    const engine = docker.engine([
      {
        when: '',
        code: 1,
        stderr: 'Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?\n',
      },
    ]);
    await expect(engine.findImage(digest, config)).rejects.toThrow(
      'Docker does not answer at unix:///x.sock.',
    );
  });
});

describe('load', () => {
  it('streams the archive and reports what docker says', async () => {
    await docker.engine([{ when: '^load' }]).load(Readable.from(['archive']));
    const failing = docker.engine([
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
    expect(await docker.engine([{ when: '^run', stdout: 'id\n' }]).start(start)).toBe('id');
    expect(docker.calls()[0]).toEqual([
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
    const engine = docker.engine([{ when: '^run', code: 125, stderr }, { when: '^rm' }]);
    await expect(engine.start(start)).rejects.toThrow(
      new EngineError(
        'Port 3000 of 127.0.0.1 is in use. Choose another with --port, or stop what listens there.',
      ),
    );
    expect(docker.calls()[1]).toEqual(['rm', '--force', 'api']);
  });

  it("never remove somebody else's", async () => {
    const stderr =
      'docker: Error response from daemon: Conflict. The container name "/api" is already in use by container "x".\n';
    await expect(docker.engine([{ when: '^run', code: 125, stderr }]).start(start)).rejects.toThrow(
      'A container named api exists already.',
    );
    expect(docker.calls()).toHaveLength(1);
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
      await docker
        .engine([{ when: '^container inspect', stdout: JSON.stringify(inspected) }])
        .inspectContainer('api'),
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
      await docker
        .engine([{ when: '', code: 1, stderr: 'Error: No such container: api\n' }])
        .inspectContainer('api'),
    ).toBeNull();
  });
});
