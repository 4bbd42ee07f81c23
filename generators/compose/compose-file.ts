/** The part of the Compose specification that is written here: https://github.com/compose-spec/compose-spec/blob/main/spec.md */
export interface ComposeFile {
  readonly name: string;
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks?: Readonly<Record<string, ComposeNetwork>>;
  readonly volumes?: Readonly<Record<string, object>>;
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>;
}

export interface ComposeNetwork {
  readonly internal?: boolean;
}

/** An entry of a file; an overlay names only what differs. */
export interface ComposeService {
  readonly image?: string | undefined;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly depends_on?: Readonly<Record<string, { readonly condition: 'service_healthy' }>> | undefined;
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[] | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly ports?: readonly Port[];
  readonly networks?: readonly string[] | undefined;
  readonly command?: readonly string[] | undefined;
  readonly restart?: 'unless-stopped';
  readonly healthcheck?: HealthCheck;
  readonly logging?: { readonly driver: string; readonly options: Readonly<Record<string, string>> };
  readonly user?: string;
  readonly pull_policy?: 'never' | 'missing';
  readonly read_only?: true;
  readonly tmpfs?: readonly string[];
  readonly shm_size?: string;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly stop_grace_period?: string;
  readonly memswap_limit?: string;
  readonly deploy?: {
    readonly replicas?: number | undefined;
    readonly resources: { readonly limits: Limits; readonly reservations: Omit<Limits, 'pids'> };
  };
  readonly develop?: { readonly watch: readonly WatchRule[] };
}

export interface Port {
  readonly target: number;
  readonly host_ip: string;
  readonly published: string;
}

export interface HealthCheck {
  readonly test?: readonly string[];
  readonly interval: string;
  readonly timeout: string;
  readonly retries: number;
  readonly start_period: string;
}

export interface Limits {
  readonly cpus: string;
  readonly memory: string;
  readonly pids: number;
}

export interface WatchRule {
  readonly action: 'rebuild';
  readonly path: string;
  readonly ignore?: readonly string[];
}

/** Keys of an entry in the order in which dclint wants them; those that it does not name follow by the alphabet. */
const keyOrder: readonly string[] = [
  ...['image', 'build', 'depends_on', 'volumes', 'secrets', 'environment', 'ports', 'networks', 'command'],
  ...['restart', 'healthcheck', 'logging', 'user'],
];

/** The entry with its keys in order. */
export function orderKeys(service: ComposeService): ComposeService {
  const rank = (key: string) => (keyOrder.includes(key) ? keyOrder.indexOf(key) : keyOrder.length);
  const entries = Object.entries(service);
  entries.sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return Object.fromEntries(entries);
}
