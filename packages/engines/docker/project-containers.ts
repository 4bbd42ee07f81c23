import type { ContainerState } from '../engine';
import type { InspectedState } from './container-state';

/** One container of a Compose project, as the engine describes it. */
export interface ProjectContainer {
  readonly id: string;
  /** Its own name, e.g. `acme-api-1`. */
  readonly container: string;
  /** Name of the service in the Compose file. */
  readonly service: string;
  readonly status: ContainerState['status'];
  readonly exitCode: number;
  readonly health: ContainerState['health'];
  readonly healthLog: readonly string[];
  /** As the container or else the image says it; empty for root by default. */
  readonly user: string;
  readonly readOnly: boolean;
  readonly privileged: boolean;
  readonly capDrop: readonly string[];
  readonly capAdd: readonly string[];
  readonly securityOpt: readonly string[];
  /** 0 where there is no limit. */
  readonly memoryBytes: number;
  readonly nanoCpus: number;
  readonly pids: number;
  readonly environment: Readonly<Record<string, string>>;
  /** By their names in the Compose file; one of another project by its full name. */
  readonly networks: readonly { readonly name: string; readonly address: string }[];
  readonly ports: readonly {
    readonly host: string;
    readonly hostPort: number;
    readonly containerPort: string;
  }[];
}

interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly State: InspectedState;
  readonly Config: {
    readonly User?: string;
    readonly Env?: readonly string[] | null;
    readonly Labels?: Readonly<Record<string, string>> | null;
  };
  readonly HostConfig: {
    readonly ReadonlyRootfs?: boolean;
    readonly Privileged?: boolean;
    readonly CapDrop?: readonly string[] | null;
    readonly CapAdd?: readonly string[] | null;
    readonly SecurityOpt?: readonly string[] | null;
    readonly Memory?: number;
    readonly NanoCpus?: number;
    readonly CpuQuota?: number;
    readonly CpuPeriod?: number;
    readonly PidsLimit?: number | null;
  };
  readonly NetworkSettings: {
    readonly Networks?: Readonly<Record<string, { readonly IPAddress?: string }>> | null;
    readonly Ports?: Readonly<
      Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>
    > | null;
  };
}

/** Labels that Compose puts on what it makes: https://docs.docker.com/reference/compose-file/services/#labels */
export const composeLabels = { project: 'com.docker.compose.project', service: 'com.docker.compose.service' };

/** Reads the output of `docker container inspect` of the containers of one Compose project. */
export function projectContainers(json: string, project: string): readonly ProjectContainer[] {
  return (JSON.parse(json) as Inspected[])
    .map((found) => projectContainer(found, project))
    .sort((a, b) => (a.container < b.container ? -1 : 1));
}

function projectContainer(found: Inspected, project: string): ProjectContainer {
  const { Config: config, HostConfig: host, State: state, NetworkSettings: network } = found;
  // A limit may be given as a share of time, too.
  const quota = host.CpuQuota && host.CpuPeriod ? (host.CpuQuota / host.CpuPeriod) * 1e9 : 0;
  return {
    id: found.Id,
    container: found.Name.replace(/^\//, ''),
    service: config.Labels?.[composeLabels.service] ?? '',
    status: state.Status,
    exitCode: state.ExitCode,
    health: state.Health?.Status ?? 'none',
    healthLog: (state.Health?.Log ?? []).map(({ Output }) => Output.trim().split('\n').at(-1) ?? ''),
    user: config.User ?? '',
    readOnly: host.ReadonlyRootfs ?? false,
    privileged: host.Privileged ?? false,
    capDrop: host.CapDrop ?? [],
    capAdd: host.CapAdd ?? [],
    securityOpt: host.SecurityOpt ?? [],
    memoryBytes: host.Memory ?? 0,
    nanoCpus: host.NanoCpus || quota,
    pids: host.PidsLimit ?? 0,
    environment: Object.fromEntries(
      (config.Env ?? []).map((pair) => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at), pair.slice(at + 1)];
      }),
    ),
    networks: Object.entries(network.Networks ?? {}).map(([name, { IPAddress }]) => ({
      name: name.startsWith(`${project}_`) ? name.slice(project.length + 1) : name,
      address: IPAddress ?? '',
    })),
    ports: Object.entries(network.Ports ?? {}).flatMap(([containerPort, hosts]) =>
      (hosts ?? []).map(({ HostIp, HostPort }) => ({
        host: HostIp,
        hostPort: Number(HostPort),
        containerPort,
      })),
    ),
  };
}
