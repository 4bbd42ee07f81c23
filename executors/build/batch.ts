import { availableParallelism } from 'node:os';
import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { withOwnOutput } from '../../packages/process/own-output';
import build from './executor';
import type { BuildExecutorSchema } from './schema.gen';
import { inOrder, type Outcome } from './in-order';
import { SharedLayers } from './shared-layers';

/** Nx's answer for one task of a batch. Before Nx 23 there is no `status`, and what was skipped counts as failed. */
export interface TaskResult {
  readonly success: boolean;
  readonly status: Outcome;
  readonly terminalOutput: string;
  /** Milliseconds since the epoch. */
  readonly startTime: number;
  readonly endTime: number;
}

/**
 * At least four: a build waits for the engine most of the time. At most eight: each takes every signal of this process, and Node.js takes more
 * listeners for a leak.
 */
const atOnce = Math.min(8, Math.max(4, availableParallelism()));

/**
 * Nx's batch: all images of the run in one process, several at once against one BuildKit, which builds what they share once.
 * Each image goes through the very build that `nx docker-build` of one project is, so it ends the same way. Why not one `buildx bake`:
 * docs/adr/0006-a-batch-is-many-builds.md.
 */
export default async function* buildBatch(
  { tasks, dependencies }: TaskGraph,
  options: Readonly<Record<string, BuildExecutorSchema>>,
  _overrides: unknown,
  context: ExecutorContext,
): AsyncGenerator<{ task: string; result: TaskResult }> {
  // Before Nx 23 a dependency is an id.
  const before = (id: string) =>
    (dependencies[id] ?? []).map((edge: string | { id: string }) =>
      typeof edge === 'string' ? edge : edge.id,
    );
  const shared = new SharedLayers();
  const results = inOrder(Object.keys(tasks), before, atOnce, (id, failed) => {
    if (failed !== null) return Promise.resolve(skipped(failed));
    return buildTask(options[id] ?? {}, { ...context, ...targetOf(tasks[id]!) }, shared);
  });
  for await (const { id, result } of results) yield { task: id, result };
}

function targetOf({ target }: TaskGraph['tasks'][string]): Partial<ExecutorContext> {
  return {
    projectName: target.project,
    targetName: target.target,
    ...(target.configuration === undefined ? {} : { configurationName: target.configuration }),
  };
}

async function buildTask(
  options: BuildExecutorSchema,
  context: ExecutorContext,
  shared: SharedLayers,
): Promise<TaskResult> {
  const startTime = Date.now();
  const log: string[] = [];
  const success = await withOwnOutput(
    (text) => log.push(text),
    async () => {
      try {
        // A progress that is redrawn in place would take the terminal for itself.
        const progress = options.progress === 'tty' ? 'plain' : options.progress;
        return (await build({ ...options, progress }, context, shared)).success;
      } catch (error) {
        log.push(`${(error instanceof Error && error.stack) || String(error)}\n`);
        return false;
      }
    },
  );
  return {
    success,
    status: success ? 'success' : 'failure',
    terminalOutput: log.join(''),
    startTime,
    endTime: Date.now(),
  };
}

function skipped(failed: string): TaskResult {
  const now = Date.now();
  const terminalOutput = `Not built, because ${failed} failed.\n`;
  return { success: false, status: 'skipped', terminalOutput, startTime: now, endTime: now };
}
