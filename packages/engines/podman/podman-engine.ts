import { clientCommands, type EngineClient } from '../client-commands';
import type { ContainerState, Engine, EngineInfo } from '../engine';
import type { StartDialect } from '../start-arguments';
import { containerState, type HealthSchedule } from './container-state';
import { podmanBuild, saveImage } from './podman-build';
import { PodmanCli } from './podman-cli';
import { checkVersion, podmanError } from './podman-problems';

/** Milliseconds between two health checks while a container starts. Failures do not count then. */
const startIntervalMs = 1_000;

/** Longer than any sensible health check: podman itself ends one after its own time limit only once it has answered. */
const checkTimeoutMs = 60_000;

const dialect: StartDialect = {
  // Without the second flag podman makes /run, /tmp and /var/tmp writable.
  readOnly: ['--read-only', '--read-only-tmpfs=false'],
  // Podman's tmpfs takes no owner, and fills itself with what the image has at that path.
  tmpfsOwner: () => 'mode=1777,notmpcopyup',
};

const says: EngineClient['says'] = {
  noImage: /no such image|image not known|unable to find/i,
  noContainer: /no such container|no container with name or id/i,
  noContainerToRemove: /no such container|no container with name or id/i,
  nameTaken: /name .* is already in use/,
  portTaken: /address already in use|cannot listen on the (TCP|UDP) port/i,
};

/** Podman through its own client: what works in the user's terminal (rootless, connections, machines) works here. */
export function podmanEngine(): Engine {
  const cli = new PodmanCli();
  let known: Promise<EngineInfo> | undefined;
  const info = () => (known ??= readInfo(cli));
  const checks = new HealthChecks(cli);

  async function inspect(nameOrId: string) {
    const { code, stdout, stderr } = await cli.run(['container', 'inspect', nameOrId]);
    if (code === 0) return containerState(stdout);
    if (says.noContainer.test(stderr)) return null;
    throw podmanError(`inspect the container ${nameOrId}`, stderr);
  }

  return {
    ...clientCommands({ cli, dialect, error: podmanError, says }),
    name: 'podman',
    loadsDockerArchives: true,
    info,
    async build(request) {
      await info();
      return podmanBuild(request, cli);
    },
    async findImage(_, configDigest) {
      const { code, stdout, stderr } = await cli.run([
        'image',
        'inspect',
        '--format',
        '{{.Id}}',
        configDigest,
      ]);
      if (code === 0 && `sha256:${stdout.trim()}` === configDigest) return configDigest;
      if (code !== 0 && !says.noImage.test(stderr)) throw podmanError('look for the image', stderr);
      return null;
    },
    async load(archive) {
      await info();
      const { code, stderr } = await cli.run(['load', '--quiet'], { input: archive });
      if (code !== 0) throw podmanError('load the image', stderr);
    },
    save: (reference) => saveImage(cli, reference),
    async inspectContainer(nameOrId) {
      const found = await inspect(nameOrId);
      if (!found?.schedule || !(await checks.runWhenDue(found.state, found.schedule)))
        return found?.state ?? null;
      return (await inspect(nameOrId))?.state ?? null;
    },
  };
}

/** @throws EngineError where podman is missing, does not answer or is too old */
async function readInfo(cli: PodmanCli): Promise<EngineInfo> {
  const { code, stdout, stderr } = await cli.run(['info', '--format', '{{.Version.Version}}']);
  if (code !== 0) throw podmanError('tell its version', stderr);
  const version = stdout.trim();
  checkVersion(version);
  return { name: 'podman', version, store: 'classic' };
}

/** Has podman check a container that is still starting, as often as Docker would. */
class HealthChecks {
  private readonly last = new Map<string, number>();

  constructor(private readonly cli: PodmanCli) {}

  /** @returns whether a check was made */
  async runWhenDue({ id, status, health }: ContainerState, schedule: HealthSchedule): Promise<boolean> {
    if (status !== 'running' || health !== 'starting') return false;
    const now = Date.now();
    const starting = now - schedule.startedAt < schedule.startPeriodMs;
    const pause = starting ? Math.min(startIntervalMs, schedule.intervalMs) : schedule.intervalMs;
    if (now - (this.last.get(id) ?? schedule.startedAt) < pause) return false;
    this.last.set(id, now);
    await this.cli.run(['healthcheck', 'run', id], { timeoutMs: checkTimeoutMs });
    return true;
  }
}
