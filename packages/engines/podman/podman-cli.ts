import { existsSync } from 'node:fs';
import { runAfterwards } from '../../process/afterwards';
import { CommandNotFoundError, run, stream, type Streaming } from '../../process/run';
import type { RunOptions, RunResult } from '../../process/types';
import { EngineError } from '../engine';
import { missingPodman } from './podman-problems';

const file = 'podman';

/**
 * Settings that change an image without being an input of the task are left out. Podman has its health checks made by timers of systemd; where
 * that does not run (containers, some virtual machines) it would complain at every start and stop.
 */
const environment = {
  BUILDAH_FORMAT: undefined,
  SOURCE_DATE_EPOCH: undefined,
  ...(process.platform === 'linux' && !existsSync('/run/systemd/system')
    ? { DISABLE_HC_SYSTEMD: 'true' }
    : {}),
};

/** The podman client, the first on PATH. */
export class PodmanCli {
  /** @throws EngineError where there is no podman */
  async run(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    try {
      return await run({ file, args }, { ...options, env: { ...environment, ...options.env } });
    } catch (error) {
      if (error instanceof CommandNotFoundError) throw new EngineError(missingPodman);
      throw error;
    }
  }

  /** Like `run`, with standard output as a stream. */
  stream(args: readonly string[]): Streaming {
    return stream({ file, args }, { env: environment });
  }

  /** Runs commands, one after the other, once this process has ended. */
  runAfterwards(commands: readonly (readonly string[])[]): Promise<void> {
    return runAfterwards(commands.map((args) => ({ file, args })));
  }
}
