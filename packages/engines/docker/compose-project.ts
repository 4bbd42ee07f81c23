import type { RunResult } from '../../process/types';
import { EngineError } from '../engine';
import { composeLabels, projectContainers, type ProjectContainer } from './project-containers';
import type { DockerCli } from './docker-cli';
import { dockerError } from './docker-problems';

/** A connection that is tried: a host as the container would name it, or an address, and a port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Longest wait for all connections from one container. Each has 2 seconds to come about. */
const probeMs = 60_000;

/**
 * `nc` ends with 1 where no connection came about, and with anything else where one did: 0 when the other end closed it, the time limit's code
 * when it stayed open.
 */
const script = `for target in "$@"; do (
  timeout 4 nc -w 2 "\${target%:*}" "\${target##*:}" < /dev/null > /dev/null 2>&1
  if [ $? = 1 ]; then echo "$target no"; else echo "$target yes"; fi
) & done; wait`;

/** The containers of one Compose project as they run; nothing here changes them. */
export class ComposeProject {
  constructor(
    private readonly cli: DockerCli,
    private readonly name: string,
  ) {}

  /** Running or not, sorted by name; empty where there are none. @throws EngineError */
  async containers(): Promise<readonly ProjectContainer[]> {
    const label = `label=${composeLabels.project}=${this.name}`;
    const { stdout } = await this.docker(['ps', '--all', '--quiet', '--no-trunc', '--filter', label]);
    const ids = stdout.split('\n').filter((line) => line !== '');
    if (ids.length === 0) return [];
    const inspected = await this.docker(['container', 'inspect', ...ids]);
    return projectContainers(inspected.stdout, this.name);
  }

  /**
   * Tries connections from inside a container's own network, with the programs of another image: the container's has none.
   * @param image one with `sh`, `timeout` and `nc`
   * @returns for each endpoint whether a connection came about
   * @throws EngineError where the image cannot be had
   */
  async connect(
    container: string,
    image: string,
    endpoints: readonly Endpoint[],
  ): Promise<readonly boolean[]> {
    if (endpoints.length === 0) return [];
    const targets = endpoints.map(({ host, port }) => `${host}:${port}`);
    const locked = [
      '--user=65534:65534',
      '--read-only',
      '--cap-drop=ALL',
      '--security-opt=no-new-privileges',
    ];
    const { stdout } = await this.docker(
      [
        'run',
        '--rm',
        `--network=container:${container}`,
        ...locked,
        '--entrypoint=sh',
        image,
        '-c',
        script,
        'sh',
        ...targets,
      ],
      probeMs,
    );
    const lines = new Set(stdout.split('\n'));
    return targets.map((target) => {
      if (lines.has(`${target} yes`)) return true;
      if (lines.has(`${target} no`)) return false;
      throw new EngineError(
        `The connection to ${target} could not be tried with ${image}. It needs sh, timeout and nc: choose another image.`,
      );
    });
  }

  private async docker(args: readonly string[], timeoutMs = 60_000): Promise<RunResult> {
    const result = await this.cli.run(args, { timeoutMs });
    if (result.timedOut)
      throw new EngineError(
        `docker ${args[0]} took longer than ${timeoutMs / 1000} s. Is the engine well? See: docker info`,
      );
    if (result.code !== 0) throw dockerError(`run docker ${args[0]}`, result.stderr);
    return result;
  }
}
