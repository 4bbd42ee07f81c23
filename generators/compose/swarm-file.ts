import type { ComposeService, HealthCheck, Limits } from './compose-file';

/**
 * The part of the stack format that is written here. It is Compose's of version 3.13, which `docker stack deploy` reads, and which lacks much of the
 * Compose specification: https://github.com/docker/cli/blob/master/cli/compose/schema/data/config_schema_v3.13.json
 */
export interface SwarmFile {
  readonly services: Readonly<Record<string, SwarmService>>;
  readonly networks: Readonly<Record<string, { readonly driver: 'overlay'; readonly internal?: true }>>;
  readonly volumes?: Readonly<Record<string, object>>;
  readonly secrets?: Readonly<Record<string, { readonly external: true; readonly name: string }>>;
}

export type SwarmService = Pick<
  ComposeService,
  | 'image'
  | 'secrets'
  | 'environment'
  | 'networks'
  | 'command'
  | 'logging'
  | 'user'
  | 'read_only'
  | 'cap_drop'
  | 'stop_grace_period'
> & {
  readonly healthcheck?: HealthCheck;
  readonly volumes?: readonly (string | TmpfsMount)[];
  readonly ports?: readonly SwarmPort[];
  readonly deploy: SwarmDeploy;
};

/** It belongs to root and everybody may write, as in /tmp: a Swarm knows no owner of such a folder. */
export interface TmpfsMount {
  readonly type: 'tmpfs';
  readonly target: string;
  readonly tmpfs: { readonly size: number };
}

export interface SwarmPort {
  readonly target: number;
  readonly published: string;
  readonly protocol: 'tcp';
  readonly mode: 'ingress';
}

export interface SwarmDeploy {
  readonly replicas: number;
  readonly placement: {
    readonly constraints?: readonly string[];
    readonly preferences?: readonly { readonly spread: string }[];
  };
  readonly update_config: UpdateConfig & { readonly failure_action: 'rollback' };
  readonly rollback_config: UpdateConfig;
  readonly restart_policy: { readonly condition: 'any'; readonly delay: string };
  readonly resources: { readonly limits: Limits; readonly reservations: Omit<Limits, 'pids'> };
}

interface UpdateConfig {
  readonly parallelism: number;
  readonly delay: string;
  readonly order: 'start-first' | 'stop-first';
  readonly monitor: string;
}
