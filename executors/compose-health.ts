import type { ComposeContainer } from '../packages/engines/docker/compose-client';

/** A container that did not get healthy, with what it said. */
export interface Unhealthy {
  readonly container: Pick<ComposeContainer, 'Name' | 'Service' | 'State' | 'Health'>;
  /** Null where it runs again. */
  readonly exitCode: number | null;
  /** Outputs of its last health checks, oldest first. */
  readonly healthLog: readonly string[];
  readonly logs: string;
}

/**
 * `waiting` may still become either. A container that ended is started again by its policy, but has failed all the same.
 * @param isChecked whether the container has a health check: right after a start it says as little of its health as one that has none
 */
export function judge(
  { State, Health }: Pick<ComposeContainer, 'State' | 'Health'>,
  isChecked: boolean,
): 'healthy' | 'waiting' | 'failed' {
  if (['exited', 'dead', 'restarting'].includes(State) || Health === 'unhealthy') return 'failed';
  return State === 'running' && (Health === 'healthy' || !isChecked) ? 'healthy' : 'waiting';
}

/** The names in the first line; then each with its health checks and its log. */
export function formatUnhealthy(unhealthy: readonly Unhealthy[]): string {
  const names = [...new Set(unhealthy.map(({ container }) => container.Service))];
  const started = unhealthy.filter(({ container }) => container.State !== 'created');
  return [
    `Not healthy: ${names.join(', ')}.`,
    ...started.map(explain),
    'Remove the stack with: nx compose-down',
  ].join('\n');
}

function explain({ container, exitCode, healthLog, logs }: Unhealthy): string {
  const checks = healthLog.length === 0 ? [] : ['Its last health checks:', ...indent(healthLog.slice(-3))];
  const output = logs === '' ? ['It wrote no log.'] : ['Its last log lines:', ...indent(logs.split('\n'))];
  return [`${container.Name} ${stateOf(container, exitCode)}.`, ...checks, ...output].join('\n');
}

function stateOf({ State, Health }: Unhealthy['container'], exitCode: number | null): string {
  if (['exited', 'dead', 'restarting'].includes(State))
    return exitCode === null ? 'stops again and again' : `stopped with exit code ${exitCode}`;
  if (Health === 'unhealthy') return 'is unhealthy';
  return Health === 'starting' ? 'did not get healthy in time' : `is ${State}`;
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
