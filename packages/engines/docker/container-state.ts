import type { ContainerState } from '../engine';

/** `State` of `docker container inspect`. */
export interface InspectedState {
  readonly Status: ContainerState['status'];
  readonly ExitCode: number;
  readonly Health?: {
    readonly Status: ContainerState['health'];
    readonly Log?: readonly { readonly Output: string; readonly ExitCode: number }[] | null;
  } | null;
}

interface Inspected {
  readonly Id: string;
  readonly Image: string;
  readonly State: InspectedState;
  readonly Config: { readonly Labels?: Readonly<Record<string, string>> | null };
  readonly NetworkSettings: {
    readonly Ports?: Readonly<Record<string, readonly { readonly HostPort: string }[] | null>> | null;
  };
}

/** Reads the output of `docker container inspect` of one container. */
export function containerState(json: string): ContainerState {
  const [found] = JSON.parse(json) as [Inspected];
  const { Status: status, ExitCode: exitCode, Health: health } = found.State;
  const ports = Object.entries(found.NetworkSettings.Ports ?? {}).flatMap(([port, hosts]) =>
    hosts?.[0] ? [[port, Number(hosts[0].HostPort)] as const] : [],
  );
  return {
    id: found.Id,
    image: found.Image,
    status,
    exitCode,
    health: health?.Status ?? 'none',
    healthLog: (health?.Log ?? []).map(
      ({ Output, ExitCode }) => `${Output.trim() || 'no output'} (exit code ${ExitCode})`,
    ),
    labels: found.Config.Labels ?? {},
    ports: Object.fromEntries(ports),
  };
}
