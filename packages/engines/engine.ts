import type { RunResult } from '../process/types';

/** Which image store the engine has: it decides how an OCI layout is had from a build, and what an image id is. */
export type ImageStore = 'containerd' | 'classic';

export interface EngineInfo {
  readonly name: 'docker' | 'podman';
  readonly version: string;
  readonly store: ImageStore;
}

/** One build, in the engine's own terms. Paths are absolute. */
export interface BuildRequest {
  readonly context: string;
  readonly dockerfile: string;
  /** The Dockerfile as messages name it, relative to the workspace. Default: its last two segments. */
  readonly dockerfileName?: string;
  /** Folder that receives the OCI layout. Blobs that are there already are not sent again. */
  readonly layout: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Build secrets: id -> file, mounted at build time only. */
  readonly secrets: readonly { readonly id: string; readonly file: string }[];
  readonly platforms: readonly string[];
  readonly target?: string;
  readonly noCache?: boolean;
  readonly builder?: string;
  readonly cacheFrom: readonly string[];
  readonly cacheTo: readonly string[];
  /** Seconds since the epoch for every timestamp in the image. */
  readonly sourceDateEpoch: number;
  readonly progress: 'auto' | 'plain' | 'tty' | 'quiet';
  readonly dryRun?: boolean;
}

/** What a build made. */
export type BuildResult = (
  | {
      /** `request.layout` holds the image; its other blobs may be of earlier builds. */
      readonly kind: 'layout';
      /** Digest of the manifest, or of the index where there are several platforms. */
      readonly digest: string;
    }
  | {
      /** The image is in the engine's own store only. */
      readonly kind: 'archive';
      readonly imageId: string;
      /** Streams it in the format of `docker save`; `done` rejects where the stream is not whole. */
      save(): { readonly stream: NodeJS.ReadableStream; readonly done: Promise<void> };
      /** What the engine writes into the image's configuration and should not, or does not and should. Default: it stays as it is. */
      amendConfig?(config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
    }
) & {
  /** Digests of the images that the build started from, by their full reference, e.g. `docker.io/library/debian:13.2-slim`. */
  readonly bases: Readonly<Record<string, string>>;
};

/** How a container of a service is started: what `docker-run` may choose, no more. */
export interface RunRequest {
  /** Image id or digest known to the engine, never a moving tag. */
  readonly image: string;
  readonly name: string;
  /** `uid:gid`, or the empty string for the image's own user. */
  readonly user: string;
  readonly publish: readonly {
    readonly host: string;
    readonly hostPort: number;
    readonly containerPort: number;
  }[];
  readonly tmpfs: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly memory?: string;
  readonly cpus?: string;
  readonly pids?: number;
  readonly network?: string;
  /** Arguments that follow the image's entry point instead of its own. */
  readonly command?: readonly string[];
  /** Files of the host that are mounted read-only, by their absolute path in the container. */
  readonly files?: Readonly<Record<string, string>>;
  readonly dryRun?: boolean;
}

export interface ContainerState {
  readonly id: string;
  readonly image: string;
  readonly status: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  readonly health: 'starting' | 'healthy' | 'unhealthy' | 'none';
  readonly exitCode: number;
  /** Output of the last health checks, oldest first. */
  readonly healthLog: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Ports on the host by port in the container, e.g. `{ '3000/tcp': 3000 }`. */
  readonly ports: Readonly<Record<string, number>>;
}

/** A container engine. One folder per engine implements it; nothing else knows an engine's arguments. */
export interface Engine {
  readonly name: 'docker' | 'podman';
  /** Whether `load` takes the archive of `docker save` only: podman reads no health check out of an OCI layout. */
  readonly loadsDockerArchives?: boolean;
  /** Version and store. @throws EngineError in one clear line where the engine is missing or does not answer. */
  info(): Promise<EngineInfo>;
  /** Builds into `request.layout`, or, where the engine cannot write a layout, into its own store. @throws EngineError */
  build(request: BuildRequest): Promise<BuildResult>;
  /** The engine's id of the image, or null where it does not have it. */
  findImage(digest: string, configDigest: string): Promise<string | null>;
  /** Loads an archive (a stream of a tar with both an OCI index and a docker manifest.json). */
  load(archive: NodeJS.ReadableStream): Promise<void>;
  /** Digests of the unpacked layers of an image, lowest first, or null where the engine does not have it. */
  imageLayers(reference: string): Promise<readonly string[] | null>;
  /** Streams an image in the format of `docker save`; `done` rejects where the stream is not whole. */
  save(reference: string): { readonly stream: NodeJS.ReadableStream; readonly done: Promise<void> };
  tag(imageId: string, reference: string): Promise<void>;
  /** Starts a detached container and returns its id. Read-only root, no capability, no new privileges: always. */
  start(request: RunRequest): Promise<string>;
  inspectContainer(nameOrId: string): Promise<ContainerState | null>;
  /** Streams the container's output to the terminal until it ends or `signal` aborts. */
  followLogs(nameOrId: string, signal?: AbortSignal): Promise<RunResult>;
  lastLogs(nameOrId: string, lines: number): Promise<string>;
  remove(nameOrId: string): Promise<void>;
  stop(nameOrId: string, seconds: number): Promise<void>;
  /** Stops and removes the container once this process has ended, however it ends. */
  removeAfterwards(nameOrId: string, seconds: number): Promise<void>;
}

/** A user's or an engine's mistake: the message is one clear line, without a stack trace. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
}
