import {
  EngineError,
  type BuildRequest,
  type BuildResult,
  type ContainerState,
  type Engine,
  type RunRequest,
} from '../packages/engines/engine';

/** An engine in memory: its images and containers are plain data that a spec sets and reads. */
export class FixtureEngine implements Engine {
  readonly name = 'docker';
  readonly images = new Set<string>();
  readonly tags = new Map<string, string>();
  readonly containers = new Map<string, ContainerState & { readonly request?: RunRequest }>();
  /** What was asked of it, in order. */
  readonly calls: string[] = [];
  /** States that a started container goes through, one per inspection; the last one stays. */
  script: Partial<ContainerState>[] = [{ health: 'healthy' }];
  onBuild: (request: BuildRequest) => Promise<BuildResult> = () =>
    Promise.reject(new Error('no build expected'));
  /** Layers of the base images that it has, by reference. */
  readonly bases = new Map<string, readonly string[]>();
  onSave: Engine['save'] = () => {
    throw new EngineError('no such image');
  };
  /** Id of the image that a load brings in. */
  loads: string | null = null;

  info() {
    return Promise.resolve({ name: 'docker', version: '26.1.5', store: 'containerd' } as const);
  }
  build(request: BuildRequest) {
    this.calls.push('build');
    return this.onBuild(request);
  }
  findImage(digest: string, configDigest: string) {
    return Promise.resolve([digest, configDigest].find((id) => this.images.has(id)) ?? null);
  }
  async load(archive: NodeJS.ReadableStream) {
    this.calls.push('load');
    for await (const chunk of archive) void chunk;
    if (this.loads) this.images.add(this.loads);
  }
  imageLayers(reference: string) {
    this.calls.push(`layers of ${reference}`);
    return Promise.resolve(this.bases.get(reference) ?? null);
  }
  save(reference: string): ReturnType<Engine['save']> {
    this.calls.push(`save ${reference}`);
    return this.onSave(reference);
  }
  tag(imageId: string, reference: string) {
    this.tags.set(reference, imageId);
    return Promise.resolve();
  }
  start(request: RunRequest) {
    this.calls.push(`start ${request.name}`);
    this.containers.set(request.name, {
      ...running,
      id: request.name,
      image: request.image,
      labels: request.labels,
      request,
    });
    return Promise.resolve(request.name);
  }
  inspectContainer(nameOrId: string) {
    const container = this.containers.get(nameOrId);
    if (!container) return Promise.resolve(null);
    if (!container.request) return Promise.resolve(container);
    const state = { ...container, ...(this.script.length > 1 ? this.script.shift() : this.script[0]) };
    return Promise.resolve(state);
  }
  followLogs() {
    this.calls.push('logs');
    return Promise.resolve({ code: 0, signal: null, stdout: '', stderr: '', timedOut: false });
  }
  lastLogs(_: string, lines: number) {
    return Promise.resolve(`the last ${lines} lines`);
  }
  remove(nameOrId: string) {
    this.calls.push(`remove ${nameOrId}`);
    this.containers.delete(nameOrId);
    return Promise.resolve();
  }
  stop(nameOrId: string) {
    this.calls.push(`stop ${nameOrId}`);
    return Promise.resolve();
  }
  removeAfterwards(nameOrId: string) {
    this.calls.push(`remove ${nameOrId} afterwards`);
    return Promise.resolve();
  }
}

export const running: ContainerState = {
  id: 'id',
  image: 'sha256:image',
  status: 'running',
  health: 'none',
  exitCode: 0,
  healthLog: [],
  labels: {},
  ports: {},
};
