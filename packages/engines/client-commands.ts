import type { RunOptions, RunResult } from '../process/types';
import { EngineError, type Engine, type RunRequest } from './engine';
import { startArguments, type StartDialect } from './start-arguments';

/** A client whose words and messages differ, while its commands are the same. */
export interface EngineClient {
  readonly cli: {
    run(args: readonly string[], options?: RunOptions): Promise<RunResult>;
    runAfterwards(commands: readonly (readonly string[])[]): Promise<void>;
  };
  readonly dialect: StartDialect;
  /** @param doing completes "Docker could not …" */
  readonly error: (doing: string, stderr: string) => EngineError;
  /** What the client says where something is not there, or not to be had. */
  readonly says: {
    readonly noImage: RegExp;
    readonly noContainer: RegExp;
    /** Of a container that is being removed by somebody else, too. */
    readonly noContainerToRemove: RegExp;
    readonly nameTaken: RegExp;
    readonly portTaken: RegExp;
  };
}

type Commands = Pick<
  Engine,
  'imageLayers' | 'tag' | 'start' | 'followLogs' | 'lastLogs' | 'remove' | 'removeAfterwards' | 'stop'
>;

/** What docker and podman take in the same words. */
export function clientCommands(client: EngineClient): Commands {
  const { cli, error, says } = client;

  /** Runs a command that must succeed, or fail because there is nothing to do. */
  async function must(doing: string, args: readonly string[], needless?: RegExp): Promise<void> {
    const { code, stderr } = await cli.run(args);
    if (code !== 0 && !needless?.test(stderr)) throw error(doing, stderr);
  }

  return {
    async imageLayers(reference) {
      const format = '{{json .RootFS.Layers}}';
      const { code, stdout, stderr } = await cli.run(['image', 'inspect', '--format', format, reference]);
      if (code === 0) return JSON.parse(stdout) as string[];
      if (says.noImage.test(stderr)) return null;
      throw error(`look for ${reference}`, stderr);
    },
    tag: (imageId, reference) => must(`tag the image as ${reference}`, ['tag', imageId, reference]),
    start: (request) => start(client, request),
    followLogs: (nameOrId, signal) => cli.run(['logs', '--follow', nameOrId], { output: 'inherit', signal }),
    async lastLogs(nameOrId, lines) {
      const { stdout, stderr } = await cli.run(['logs', '--tail', String(lines), nameOrId]);
      return (stdout + stderr).trimEnd();
    },
    remove: (nameOrId) =>
      must(
        `remove the container ${nameOrId}`,
        ['rm', '--force', '--volumes', nameOrId],
        says.noContainerToRemove,
      ),
    removeAfterwards: (nameOrId, seconds) =>
      cli.runAfterwards([
        ['stop', '-t', String(seconds), nameOrId],
        ['rm', '--force', '--volumes', nameOrId],
      ]),
    stop: (nameOrId, seconds) =>
      must(`stop the container ${nameOrId}`, ['stop', '-t', String(seconds), nameOrId], says.noContainer),
  };
}

async function start({ cli, dialect, error, says }: EngineClient, request: RunRequest): Promise<string> {
  const { code, stdout, stderr } = await cli.run(startArguments(request, dialect), {
    dryRun: request.dryRun,
  });
  if (code === 0) return stdout.trim();
  if (says.nameTaken.test(stderr))
    throw new EngineError(
      `A container named ${request.name} exists already. Choose another name with --name.`,
    );
  // A container that could not start stays behind as "created".
  await cli.run(['rm', '--force', request.name]);
  const [port] = request.publish;
  if (port && says.portTaken.test(stderr))
    throw new EngineError(
      `Port ${port.hostPort} of ${port.host} is in use. Choose another with --port, or stop what listens there.`,
    );
  throw error(`start ${request.name}`, stderr);
}
