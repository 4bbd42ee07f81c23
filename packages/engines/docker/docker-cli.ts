import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runAfterwards } from '../../process/afterwards';
import { CommandNotFoundError, run, stream, type Streaming } from '../../process/run';
import type { RunOptions, RunResult } from '../../process/types';
import { EngineError } from '../engine';
import { findBuildx } from './buildx-plugin';
import { missingBuildx, missingCli } from './docker-problems';

/** The docker client. Finding the right one costs no process: the first on PATH is taken until it turns out to know no buildx. */
export class DockerCli {
  private candidates: string[] | null = null;
  private plugin: string | null | undefined;

  /** @param pluginFolders where buildx may lie as a program of its own */
  constructor(private readonly pluginFolders: readonly string[]) {}

  /** @throws EngineError where there is no docker client */
  async run(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const file = this.current();
    try {
      return await run({ file, args }, { ...options, env: { ...environment, ...options.env } });
    } catch (error) {
      if (error instanceof CommandNotFoundError) throw new EngineError(missingCli);
      throw error;
    }
  }

  /** Like `run`, with standard output as a stream. */
  stream(args: readonly string[]): Streaming {
    return stream({ file: this.current(), args }, { env: environment });
  }

  /** Runs a command of buildx. A client without that plugin is passed over: an older one may stand first on PATH. */
  async buildx(args: readonly string[], options: RunOptions): Promise<RunResult> {
    const direct = options.dryRun ? null : await this.runPlugin(args, options);
    if (direct) return direct;
    for (;;) {
      const result = await this.run(['buildx', ...args], options);
      if (result.code === 0 || !lacksBuildx(result.stderr)) return result;
      this.candidates?.shift();
      if (!this.candidates?.length) throw new EngineError(missingBuildx);
    }
  }

  /** Null where there is no such program, or one that cannot be started. */
  private async runPlugin(args: readonly string[], options: RunOptions): Promise<RunResult | null> {
    this.current();
    this.plugin ??= findBuildx(this.pluginFolders);
    if (this.plugin === null) return null;
    try {
      return await run({ file: this.plugin, args }, { ...options, env: { ...environment, ...options.env } });
    } catch (error) {
      // Broken links and programs for another machine: the client itself says more about them.
      if (!(error instanceof CommandNotFoundError) && !isSpawnError(error)) throw error;
      this.plugin = null;
      return null;
    }
  }

  /** Runs commands, one after the other, once this process has ended; with a marker only while that file is there. */
  runAfterwards(commands: readonly (readonly string[])[], marker?: string): Promise<void> {
    const file = this.current();
    return runAfterwards(
      commands.map((args) => ({ file, args })),
      marker,
    );
  }

  private current(): string {
    this.candidates ??= clientsOnPath();
    const [first] = this.candidates;
    if (!first) throw new EngineError(missingCli);
    return first;
  }
}

/**
 * Settings that change an image without being an input of the task are left out; so is what buildx does beside building: it would start git
 * several times to describe the sources.
 */
const environment = {
  BUILDX_GIT_INFO: 'false',
  BUILDX_GIT_LABELS: undefined,
  BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
  DOCKER_BUILDKIT: undefined,
  DOCKER_DEFAULT_PLATFORM: undefined,
  DOCKER_CLI_HINTS: 'false',
};

function isSpawnError(error: unknown): boolean {
  return String((error as NodeJS.ErrnoException).syscall).startsWith('spawn');
}

function lacksBuildx(stderr: string): boolean {
  return /'buildx' is not a docker command|unknown command: docker buildx|unknown (shorthand )?flag: ('f'|--file|--output|--metadata-file)/.test(
    stderr,
  );
}

function clientsOnPath(): string[] {
  const names = process.platform === 'win32' ? ['docker.exe'] : ['docker'];
  const found = new Map<string, string>();
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    for (const name of names) {
      const file = join(folder, name);
      if (isProgram(file) && !found.has(realpathSync(file))) found.set(realpathSync(file), file);
    }
  }
  return [...found.values()];
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
