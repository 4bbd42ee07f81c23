import type { ComposeContainer } from '../../packages/engines/docker/compose-client';

/** A container that did not get healthy, with what it said. */
export interface Unhealthy {
  readonly container: Pick<ComposeContainer, 'Name' | 'Service' | 'State' | 'Health' | 'ExitCode'>;
  /** Outputs of its last health checks, oldest first. */
  readonly healthLog: readonly string[];
  readonly logs: string;
}

/** `waiting` may still become either. A container that ended is started again by its policy, but has failed all the same. */
export function judge({
  State,
  Health,
}: Pick<ComposeContainer, 'State' | 'Health'>): 'healthy' | 'waiting' | 'failed' {
  if (['exited', 'dead', 'restarting'].includes(State) || Health === 'unhealthy') return 'failed';
  return State === 'running' && (Health === 'healthy' || Health === '') ? 'healthy' : 'waiting';
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

function explain({ container, healthLog, logs }: Unhealthy): string {
  const checks = healthLog.length === 0 ? [] : ['Its last health checks:', ...indent(healthLog.slice(-3))];
  const output = logs === '' ? ['It wrote no log.'] : ['Its last log lines:', ...indent(logs.split('\n'))];
  return [`${container.Name} ${stateOf(container)}.`, ...checks, ...output].join('\n');
}

function stateOf({ State, Health, ExitCode }: Unhealthy['container']): string {
  if (State === 'exited' || State === 'restarting') return `stopped with exit code ${ExitCode}`;
  if (Health === 'unhealthy') return 'is unhealthy';
  return Health === 'starting' ? 'did not get healthy in time' : `is ${State}`;
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
