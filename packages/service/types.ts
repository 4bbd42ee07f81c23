/**
 * The resolved model: what every renderer and every executor reads. It is plain data, deeply readonly and complete:
 * `resolveService` and `resolveStack` are the only places that know a default.
 */

/** Base family of an image. `distroless` has the runtime and its shared libraries only: no shell, no package manager. */
export type BaseFamily = 'alpine' | 'slim' | 'distroless';

/**
 * A probe of a running container: an HTTP GET that must answer 2xx/3xx, a TCP connect to the service's port, or a program of the image that must
 * end with 0. The last one is a runtime's own; a description names the first two only.
 */
export type Probe =
  | { readonly kind: 'http'; readonly path: string }
  | { readonly kind: 'tcp' }
  | { readonly kind: 'exec'; readonly command: readonly string[] };

/** One of several processes that run from one image in containers of their own, e.g. Celery's worker and beat. */
export interface ServiceRole {
  readonly name: string;
  /** Arguments that follow the image's entry point. */
  readonly command: readonly string[];
  /** At most one instance may run at a time. */
  readonly single: boolean;
  /** Absolute paths that this role writes beside the service's own. */
  readonly writes: readonly string[];
}

/** Where a service is reached from outside, and what a reverse proxy does for it. */
export interface Exposure {
  readonly host: string;
  readonly path: string;
  /** The service takes connections that are upgraded to WebSocket. */
  readonly webSocket: boolean;
  /** Requests per client address, e.g. `20r/s`, or null for no limit. */
  readonly rateLimit: string | null;
  /** The service sees paths without the prefix `path`. */
  readonly stripPath: boolean;
}

/** Request and limit of one resource, in Kubernetes quantities (`250m`, `512Mi`). */
export interface ResourceRange {
  readonly request: string;
  readonly limit: string;
}

/** A size budget. `bytes` are decimal (200MB = 200,000,000), as registries and `docker images` count them. */
export interface Budget {
  readonly bytes: number;
  /** The text as the user wrote it, e.g. `200MB`. */
  readonly text: string;
  /** Which of the two sizes it limits. */
  readonly of: 'uncompressed' | 'compressed';
}

/** How the app's files are made, and where they lie. All paths are relative to the workspace root, POSIX, no `..`. */
export interface ServiceBuild {
  /** Name of the Nx target that builds the app, or null when its sources are copied as they are. */
  readonly target: string | null;
  /** Folder that the target writes, e.g. `dist/apps/api`. */
  readonly output: string;
  /** What starts, in the runtime's own terms: an entry file inside `output`, e.g. `main.js`, or a module, e.g. `app.main:app`. */
  readonly main: string;
  /**
   * `bundled`: the output needs nothing else. `pruned`: a pruned manifest and lockfile (the `docker-deps` target)
   * are installed in a stage of their own. `locked`: what `lockfile` names is installed in a stage of its own.
   */
  readonly dependencies: 'bundled' | 'pruned' | 'locked';
  /** Where dependencies are `locked`: the file that names them, e.g. `apps/api/uv.lock`. Else null. */
  readonly lockfile: string | null;
  /** Package manager of the workspace; matters where dependencies are `pruned`. */
  readonly packageManager: PackageManager;
}

/** `yarn` is yarn 1 (classic), `berry` is yarn 2 and later. */
export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'berry';

/** One deployable app, fully resolved. */
export interface Service {
  /** Name of the Nx project, e.g. `api` or `@acme/api`. */
  readonly name: string;
  /** Name as a DNS label (RFC 1123), e.g. `acme-api`: container, Compose and Kubernetes name. */
  readonly slug: string;
  /** Folder of the project relative to the workspace root, POSIX, e.g. `apps/api`. */
  readonly root: string;
  /** One line about the service, where its description has one. */
  readonly description?: string;
  /** Name of the runtime folder under packages/runtimes, e.g. `node`. */
  readonly runtime: string;
  /** Major version of the runtime, e.g. `24`. */
  readonly runtimeVersion: string;
  readonly base: BaseFamily;
  readonly image: {
    /** Repository without tag, e.g. `registry.example.com/acme/api` or `acme/api`. */
    readonly repository: string;
  };
  readonly port: number;
  readonly uid: number;
  readonly gid: number;
  readonly health: { readonly live: Probe; readonly ready: Probe; readonly startSeconds: number };
  /** Backing services, e.g. `postgres`, `redis`. */
  readonly uses: readonly string[];
  /** Other services of the stack that this one calls. */
  readonly calls: readonly string[];
  /** TCP ports on which it reaches public addresses, ascending. */
  readonly outside: readonly number[];
  readonly expose: Exposure | null;
  /** What a reverse proxy does for all services behind it; only such a runtime reads it. */
  readonly proxy: {
    /** Takes TLS connections, with the certificate in the secrets `tls-certificate` and `tls-key`. */
    readonly tls: boolean;
    /** Largest request body in nginx's terms, e.g. `10m`. */
    readonly bodyLimit: string;
    /** Longest wait for an answer, e.g. `60s`. */
    readonly timeout: string;
  };
  /** Processes that run from the image, the default one first; empty where it is just one. */
  readonly roles: readonly ServiceRole[];
  readonly resources: { readonly cpu: ResourceRange; readonly memory: ResourceRange };
  readonly scale: {
    readonly min: number;
    readonly max: number;
    readonly cpu: number;
    readonly memory: number;
  };
  /** Absolute paths in the container that may be written; each becomes a tmpfs or an emptyDir. */
  readonly writes: readonly string[];
  readonly budget: Budget;
  readonly slo: { readonly availability: number; readonly latency: Readonly<Record<string, string>> } | null;
  /** Plain settings: environment variables that are no secrets. Sorted by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** Names of secrets that the service reads from files. */
  readonly secrets: readonly string[];
  readonly build: ServiceBuild;
  /** What differs per environment; merged over the service by `resolveService(..., environment)`. */
  readonly environments: readonly string[];
}

export type BackingName = 'postgres' | 'redis';

/** What of a backing service may differ per environment. */
export interface BackingLimits {
  /** Size of its volume, e.g. `10Gi`; Compose cannot ask for one. */
  readonly storage: string;
  readonly resources: Service['resources'];
}

/** A server that services use under its name and port: there is one of each kind, and it keeps its data in a volume. */
export interface BackingService extends BackingLimits {
  readonly name: BackingName;
  /** Major version, e.g. `17`. */
  readonly version: string;
  /** Key of the image in the catalogue, e.g. `postgres-17`. */
  readonly image: string;
  readonly port: number;
  /** User and group id that it runs as. */
  readonly uid: number;
  readonly environments: Readonly<Record<string, BackingLimits>>;
}

/** One request of a smoke flow. Texts may hold `${name}` for a kept value and `${env:NAME}` for an environment variable. */
export interface SmokeStep {
  readonly name: string;
  readonly method: string;
  /** Path with its query on the published service. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON; undefined for no body. */
  readonly json: unknown;
  readonly status: number;
  /** Text that the answer must contain, or null for any. */
  readonly contains: string | null;
  /** JSON pointers (RFC 6901) into the answer by the name under which the value is kept. */
  readonly keep: Readonly<Record<string, string>>;
}

/** All services of a workspace plus what they share. */
export interface Stack {
  /** DNS label, e.g. `acme`. Default: the workspace's package name without scope. */
  readonly name: string;
  /** Registry and path prefix of all images without trailing slash, or the empty string for local images. */
  readonly registry: string;
  readonly environments: readonly string[];
  readonly defaults: {
    readonly base: BaseFamily;
    readonly uidStart: number;
    /** Uncompressed budget of an image per runtime. */
    readonly budgets: Readonly<Record<string, string>>;
    /** Uncompressed budget of an image of any other runtime, where the plugin's options have one. */
    readonly budget?: string;
  };
  /** Budget of all images together (shared layers once). */
  readonly budget: Budget;
  /** Seconds that the build of an image may take, without any cache and where nothing changed; null: not measured. */
  readonly buildLimits: { readonly cold: number | null; readonly cached: number | null };
  /** Steps of the smoke flow that `verify` runs, in order. */
  readonly smoke: readonly SmokeStep[];
  readonly backing: Readonly<Record<BackingName, BackingService>>;
  /** How the stack runs on Kubernetes, or null where nobody chose that. */
  readonly kubernetes: KubernetesSettings | null;
}

/** What the cluster has for the stack. */
export interface KubernetesSettings {
  readonly route: 'ingress' | 'gateway';
  readonly ingressClass: string;
  readonly gateway: string;
  /** Namespace from which published services are reached. */
  readonly entryNamespace: string;
  /** `placeholder`: Secrets that are refused until they are replaced; `external`: ExternalSecrets. */
  readonly secrets: 'placeholder' | 'external';
  /** ClusterSecretStore of ExternalSecrets. */
  readonly secretStore: string;
}

/** Facts that the caller read from the Nx project; resolve() never reads a file itself. */
export interface ProjectFacts {
  readonly name: string;
  readonly root: string;
  /** What the runtime's `detect` found; the lowest layer of defaults. */
  readonly detected?: Partial<{
    readonly port: number;
    readonly live: Probe;
    readonly ready: Probe;
    readonly settings: Readonly<Record<string, string>>;
    readonly build: Partial<ServiceBuild>;
    readonly runtimeVersion: string;
  }>;
}

/** Defaults that a runtime contributes to resolve(). */
export interface RuntimeDefaults {
  readonly port: number;
  readonly runtimeVersion: string;
  readonly runtimeVersions: readonly string[];
  readonly bases: readonly BaseFamily[];
  /** Budget per base family, e.g. { distroless: '200MB', slim: '250MB' }. */
  readonly budgets: Readonly<Record<BaseFamily, string>>;
  readonly health: { readonly live: Probe; readonly ready: Probe };
  readonly settings: Readonly<Record<string, string>>;
  readonly writes: readonly string[];
  /** How apps of this runtime are built where neither description nor detection says so. */
  readonly build?: Partial<ServiceBuild>;
  /** Roles in which the image can run, the default one first. */
  readonly roles?: readonly ServiceRole[];
  /** The service stands in front of every exposed service, so it calls them all. */
  readonly proxiesExposed?: boolean;
}
