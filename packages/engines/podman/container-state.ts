import type { ContainerState } from '../engine';

interface Inspected {
  readonly Id: string;
  readonly Image: string;
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly StartedAt: string;
    readonly Health?: {
      readonly Status: string;
      readonly Log?: readonly { readonly Output: string; readonly ExitCode: number }[] | null;
    } | null;
  };
  readonly Config: {
    readonly Labels?: Readonly<Record<string, string>> | null;
    readonly Healthcheck?: {
      readonly Test?: readonly string[];
      /** Nanoseconds. */
      readonly Interval?: number;
      readonly StartPeriod?: number;
    } | null;
  };
  readonly NetworkSettings: {
    readonly Ports?: Readonly<Record<string, readonly { readonly HostPort: string }[] | null>> | null;
  };
}

/** When podman has to be told to check: its own timers need systemd and know no start interval. Milliseconds. */
export interface HealthSchedule {
  readonly startedAt: number;
  readonly startPeriodMs: number;
  readonly intervalMs: number;
}

/** Docker's default. */
const defaultInterval = 30e9;

/** Podman's own words for what Docker has other words for. */
const statuses: Readonly<Record<string, ContainerState['status']>> = {
  configured: 'created',
  initialized: 'created',
  stopping: 'running',
  stopped: 'exited',
  unknown: 'dead',
};

/** Reads the output of `podman container inspect` of one container. */
export function containerState(json: string): { state: ContainerState; schedule: HealthSchedule | null } {
  const [found] = JSON.parse(json) as [Inspected];
  const { Status, ExitCode: exitCode, Health: health, StartedAt } = found.State;
  const check = found.Config.Healthcheck;
  const checked = check?.Test !== undefined && check.Test.length > 0 && check.Test[0] !== 'NONE';
  const ports = Object.entries(found.NetworkSettings.Ports ?? {}).flatMap(([port, hosts]) =>
    hosts?.[0] ? [[port, Number(hosts[0].HostPort)] as const] : [],
  );
  const state: ContainerState = {
    id: found.Id,
    // Podman leaves the algorithm out.
    image: found.Image.includes(':') ? found.Image : `sha256:${found.Image}`,
    status: statuses[Status] ?? (Status as ContainerState['status']),
    exitCode,
    health: checked ? ((health?.Status || 'starting') as ContainerState['health']) : 'none',
    healthLog: (health?.Log ?? []).map(
      ({ Output, ExitCode }) => `${Output.trim() || 'no output'} (exit code ${ExitCode})`,
    ),
    labels: found.Config.Labels ?? {},
    ports: Object.fromEntries(ports),
  };
  const schedule = checked
    ? {
        startedAt: Date.parse(StartedAt),
        startPeriodMs: (check.StartPeriod ?? 0) / 1e6,
        intervalMs: (check.Interval || defaultInterval) / 1e6,
      }
    : null;
  return { state, schedule };
}
