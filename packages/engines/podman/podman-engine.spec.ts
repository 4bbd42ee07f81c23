import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { EngineError, type RunRequest } from '../engine';
import { openEngine } from '../engines';
import { FixtureClient } from '../fixture-client';

let podman: FixtureClient;

beforeEach(() => void (podman = new FixtureClient('podman')));
afterEach(() => {
  jest.useRealTimers();
  podman.remove();
});

const digest = `sha256:${'a'.repeat(64)}`;
const config = `sha256:${'b'.repeat(64)}`;

describe('info', () => {
  it('is the version', async () => {
    const engine = podman.engine([{ when: '^info', stdout: '5.4.2\n' }]);
    expect(await engine.info()).toEqual({ name: 'podman', version: '5.4.2', store: 'classic' });
  });

  it('says in one line that podman is missing', async () => {
    const empty = join(podman.folder, 'empty');
    mkdirSync(empty);
    podman.engine([]);
    process.env['PATH'] = empty;
    await expect(openEngine('podman').info()).rejects.toThrow(
      new EngineError(
        'Podman was not found. Install Podman 4.3 or later, or add the folder of podman to PATH.',
      ),
    );
  });

  it.each(['3.4.4', '4.2.0'])('refuses %s', async (version) => {
    await expect(podman.engine([{ when: '^info', stdout: `${version}\n` }]).info()).rejects.toThrow(
      new EngineError(`Podman ${version} is too old. Install Podman 4.3 or later.`),
    );
  });

  it.each<[string, string]>([
    [
      'Cannot connect to Podman. Please verify your connection to the Linux system using `podman system connection list`, or try `podman machine init` and `podman machine start` to manage a new Linux VM\nError: unable to connect to Podman socket: dial unix: connect: no such file or directory\n',
      'Podman does not answer: its machine or service is not running. Start it (podman machine start, or systemctl --user start podman.socket) and run this again.',
    ],
    [
      'Error: cannot set up namespace using "/usr/bin/newuidmap": exit status 1\n',
      'Podman cannot map users for this account. Give it a range in /etc/subuid and /etc/subgid (usermod --add-subuids), then run: podman system migrate',
    ],
    ['Error: something new\n', 'Podman could not tell its version: something new'],
  ])('says what %j means', async (stderr, line) => {
    await expect(podman.engine([{ when: '', code: 125, stderr }]).info()).rejects.toThrow(
      new EngineError(line),
    );
  });
});

describe('images', () => {
  it('are found by the digest of their configuration', async () => {
    const hex = config.slice('sha256:'.length);
    const engine = podman.engine([{ when: '^image inspect', stdout: `${hex}\n` }]);
    expect(await engine.findImage(digest, config)).toBe(config);
    expect(podman.calls()).toEqual([['image', 'inspect', '--format', '{{.Id}}', config]]);
  });

  it('are missing only where podman says so', async () => {
    const missing = [
      { when: '', code: 125, stderr: `Error: inspecting object: ${config}: image not known\n` },
    ];
    expect(await podman.engine(missing).findImage(digest, config)).toBeNull();
    const silent = podman.engine([{ when: '', code: 125, stderr: 'Cannot connect to Podman.\n' }]);
    await expect(silent.findImage(digest, config)).rejects.toThrow('Podman does not answer');
  });

  it('are loaded from a stream, and what podman says is reported', async () => {
    const info = { when: '^info', stdout: '4.3.1\n' };
    await podman.engine([info, { when: '^load' }]).load(Readable.from(['archive']));
    const stderr = 'Error: payload does not match any of the supported image formats\n';
    await expect(
      podman.engine([info, { when: '^load', code: 125, stderr }]).load(Readable.from(['x'])),
    ).rejects.toThrow('Podman could not load the image: payload does not match');
  });
});

const request: RunRequest = {
  image: config,
  name: 'api',
  user: '1001:1002',
  publish: [{ host: '127.0.0.1', hostPort: 0, containerPort: 8080 }],
  tmpfs: ['/tmp'],
  env: { A: 'b' },
  labels: {},
};

describe('containers', () => {
  it('are always locked down, with nothing writable but what was asked for', async () => {
    expect(await podman.engine([{ when: '^run', stdout: 'id\n' }]).start(request)).toBe('id');
    expect(podman.calls()[0]).toEqual([
      ...['run', '--detach', '--name', 'api', '--user', '1001:1002'],
      ...['--read-only', '--read-only-tmpfs=false', '--cap-drop', 'ALL'],
      ...['--security-opt', 'no-new-privileges', '--pids-limit', '256'],
      ...['--tmpfs', '/tmp:rw,noexec,nosuid,nodev,size=64m,mode=1777,notmpcopyup'],
      ...['--publish', '127.0.0.1::8080', '--env', 'A=b', config],
    ]);
  });

  it('leave nothing behind where the port is taken', async () => {
    const stderr =
      'Error: cannot listen on the TCP port: listen tcp4 127.0.0.1:3000: bind: address already in use\n';
    const engine = podman.engine([{ when: '^run', code: 126, stderr }, { when: '^rm' }]);
    const publish = [{ host: '127.0.0.1', hostPort: 3000, containerPort: 8080 }];
    await expect(engine.start({ ...request, publish })).rejects.toThrow(
      new EngineError(
        'Port 3000 of 127.0.0.1 is in use. Choose another with --port, or stop what listens there.',
      ),
    );
    expect(podman.calls()[1]).toEqual(['rm', '--force', 'api']);
  });

  it("never remove somebody else's", async () => {
    const stderr =
      'Error: creating container storage: the container name "api" is already in use by 53e1. You have to remove that container to be able to reuse that name: that name is already in use\n';
    await expect(podman.engine([{ when: '^run', code: 125, stderr }]).start(request)).rejects.toThrow(
      'A container named api exists already.',
    );
    expect(podman.calls()).toHaveLength(1);
  });

  it('may be gone already', async () => {
    const stderr = 'Error: no container with name or ID "api" found: no such container\n';
    const engine = podman.engine([{ when: '', code: 1, stderr }]);
    expect(await engine.inspectContainer('api')).toBeNull();
    await engine.stop('api', 1);
    await engine.remove('api');
  });
});

describe('the state of a container', () => {
  const startedAt = Date.parse('2026-01-01T00:00:00Z');
  const inspected = (
    state: object,
    check: object | null = { Test: ['CMD', 'x'], Interval: 1e10, StartPeriod: 3e10 },
  ) =>
    JSON.stringify([
      {
        Id: 'id',
        Image: config.slice('sha256:'.length),
        State: { Status: 'running', ExitCode: 0, StartedAt: '2026-01-01T00:00:00Z', ...state },
        Config: { Labels: { a: 'b' }, Healthcheck: check },
        NetworkSettings: {
          Ports: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '32768' }], '9/udp': null },
        },
      },
    ]);
  const engineOf = (state: object, check?: object | null) =>
    podman.engine([
      { when: '^container inspect', stdout: inspected(state, check) },
      { when: '^healthcheck run' },
    ]);

  it('is told in the words of the others', async () => {
    const health = { Status: 'healthy', Log: [{ Output: 'refused\n', ExitCode: 1 }] };
    expect(await engineOf({ Health: health }).inspectContainer('api')).toEqual({
      id: 'id',
      image: config,
      status: 'running',
      exitCode: 0,
      health: 'healthy',
      healthLog: ['refused (exit code 1)'],
      labels: { a: 'b' },
      ports: { '8080/tcp': 32768 },
    });
    expect(podman.calls()).toHaveLength(1);
  });

  it.each<[object, object | null, object]>([
    [{ Status: 'stopped', Health: { Status: '' } }, null, { status: 'exited', health: 'none' }],
    [{ Status: 'configured' }, { Test: ['CMD', 'x'] }, { status: 'created', health: 'starting' }],
    [{ Health: { Status: 'starting' } }, { Test: ['NONE'] }, { status: 'running', health: 'none' }],
  ])('%j', async (state, check, expected) => {
    expect(await engineOf(state, check).inspectContainer('api')).toMatchObject(expected);
    expect(podman.calls()).toHaveLength(1);
  });

  it('is checked once a second while it starts, since podman itself needs systemd for that and waits for the interval', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'queueMicrotask'] });
    const engine = engineOf({ Health: { Status: 'starting' } });
    const checksAt = async (seconds: number) => {
      jest.setSystemTime(startedAt + seconds * 1000);
      const before = podman.calls().length;
      await engine.inspectContainer('api');
      return podman.calls().slice(before);
    };
    const check = ['healthcheck', 'run', 'id'];
    expect(await checksAt(0.5)).toHaveLength(1);
    expect((await checksAt(1.1))[1]).toEqual(check);
    expect(await checksAt(1.5)).toHaveLength(1);
    expect(await checksAt(2.2)).toHaveLength(3);
    // After the start period failures count: as often as the image says, no more.
    expect(await checksAt(31)).toHaveLength(3);
    expect(await checksAt(40)).toHaveLength(1);
    expect(await checksAt(41.1)).toHaveLength(3);
  });
});
