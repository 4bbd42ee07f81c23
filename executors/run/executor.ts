import { join } from 'node:path';
import { logger, type ExecutorContext } from '@nx/devkit';
import type { ContainerState, Engine, RunRequest } from '../../packages/engines/engine';
import { readRecord } from '../../packages/images/record';
import { loadedImage, tagImage } from '../loaded-image';
import { failInOneLine, TargetError } from '../mistakes';
import { engineFor, imageFolder, projectOf } from '../project-image';
import { openThinLayout } from '../whole-layout';
import { waitUntilHealthy } from './health';
import { planRun, projectLabel } from './plan';
import type { RunExecutorSchema } from './schema.gen';

/** Seconds that a container has to end by itself after SIGTERM. */
const stopSeconds = 10;
const logLines = 20;

/** Starts the image of a project by its digest, locked down, and waits until it is healthy. */
export default function runImage(
  options: RunExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(async () => {
    const project = projectOf(context);
    const folder = join(context.root, imageFolder(project, options.image, 'image'));
    const record = readRecord(folder, project.name);
    const request = planRun(options, context, project, { record, layout: openThinLayout(folder, record) });
    const engine = engineFor(options.engine, context.root);
    if (options.dryRun) {
      await engine.start(request);
      return true;
    }
    const image = await loadedImage(engine, folder, record, context.root);
    await tagImage(engine, image, record.tags);
    return startAndWatch(
      engine,
      { ...request, image },
      {
        detach: options.detach ?? false,
        timeoutMs: (options.timeout ?? 60) * 1000,
      },
    );
  }, context.root);
}

export interface WatchOptions {
  readonly detach: boolean;
  readonly timeoutMs: number;
}

/** @returns whether the container became healthy and, in the foreground, ended as it should */
export async function startAndWatch(
  engine: Engine,
  request: RunRequest,
  options: WatchOptions,
): Promise<boolean> {
  await removeEarlier(engine, request);
  const abort = new AbortController();
  const interrupt = () => abort.abort();
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    const container = await engine.start(request);
    if (!options.detach) await engine.removeAfterwards(container, stopSeconds);
    const [published] = request.publish;
    const address = published ? { host: published.host, port: `${published.containerPort}/tcp` } : null;
    const watch = { engine, container, address, timeoutMs: options.timeoutMs, signal: abort.signal };
    const outcome = await waitUntilHealthy(watch);
    if (!outcome.healthy) {
      const logs = await engine.lastLogs(container, logLines);
      await end(engine, container);
      if (abort.signal.aborted) return false;
      throw new TargetError(explain(request.name, outcome.reason, outcome.healthLog, logs));
    }
    if (outcome.state.image !== request.image) {
      await end(engine, container);
      throw new TargetError(
        `${request.name}: runs ${outcome.state.image} instead of ${request.image}. Run the target again.`,
      );
    }
    logger.log(healthyLine(request, outcome.state));
    return options.detach || (await follow(engine, container, abort.signal));
  } finally {
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
  }
}

/** An earlier container of this project makes room; anybody else's stays. */
async function removeEarlier(engine: Engine, request: RunRequest): Promise<void> {
  const earlier = await engine.inspectContainer(request.name);
  if (!earlier) return;
  const project = request.labels[projectLabel];
  const owner = earlier.labels[projectLabel];
  if (owner !== project)
    throw new TargetError(
      `A container named ${request.name} exists that ${owner ? `belongs to the project ${owner}` : 'docker-run did not start'}. Remove it, or choose another name with --name.`,
    );
  await end(engine, earlier.id);
}

async function end(engine: Engine, container: string): Promise<void> {
  await engine.stop(container, stopSeconds);
  await engine.remove(container);
}

/**
 * Shows the logs until the container ends or the user interrupts; then nothing of it is left. Nx ends the children of a task before the task, so
 * a log that ends while the container runs is an interruption too, and the tidying up does not depend on this process.
 */
async function follow(engine: Engine, container: string, signal: AbortSignal): Promise<boolean> {
  await engine.followLogs(container, signal);
  if (signal.aborted) return endQuietly(engine, container);
  const state = await engine.inspectContainer(container).catch(() => null);
  if (state?.status !== 'exited') return endQuietly(engine, container);
  await end(engine, container);
  if (state.exitCode !== 0) throw new TargetError(`The container stopped with exit code ${state.exitCode}.`);
  return true;
}

async function endQuietly(engine: Engine, container: string): Promise<boolean> {
  await end(engine, container).catch(() => undefined);
  return true;
}

function healthyLine({ name, publish }: RunRequest, state: ContainerState): string {
  const [published] = publish;
  const port = published && (state.ports[`${published.containerPort}/tcp`] ?? published.hostPort);
  const where = published ? `http://${published.host}:${port}` : 'no published port';
  return `${name} is ${state.health === 'none' ? 'running' : 'healthy'}: ${where} (container ${state.id.slice(0, 12)}, ${state.image})`;
}

function explain(name: string, reason: string, healthLog: readonly string[], logs: string): string {
  const indent = (lines: readonly string[]) => lines.map((line) => `  ${line}`).join('\n');
  const health = healthLog.length === 0 ? '' : `\nIts last health checks:\n${indent(healthLog.slice(-3))}`;
  const output = logs === '' ? '\nIt wrote no log.' : `\nIts last log lines:\n${indent(logs.split('\n'))}`;
  return `${name} ${reason}.${health}${output}`;
}
