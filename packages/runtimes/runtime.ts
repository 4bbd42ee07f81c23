import type { BaseFamily, ProjectFacts, RuntimeDefaults, Service } from '../service/types';
import type { RenderedFile } from '../files/types';

/** Read-only view of the workspace, so that `detect` works on Nx's virtual tree and on disk alike. Paths are POSIX and relative. */
export interface WorkspaceReader {
  read(path: string): string | null;
  exists(path: string): boolean;
  list(folder: string): readonly string[];
}

/** What Nx knows of a project: its targets with merged options. */
export interface ProjectTargets {
  readonly name: string;
  readonly root: string;
  readonly sourceRoot?: string;
  readonly targets: Readonly<
    Record<
      string,
      {
        readonly executor?: string;
        readonly command?: string;
        readonly options?: Readonly<Record<string, unknown>>;
        readonly outputs?: readonly string[];
        readonly configurations?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
        readonly defaultConfiguration?: string;
      }
    >
  >;
}

/** What a runtime found out about an existing project. `notes` are lines for the user (e.g. no health route found). */
export interface Detection {
  readonly facts: ProjectFacts;
  readonly notes: readonly string[];
  /** The source has the port written in it: no other can be given to the service. */
  readonly fixedPort?: boolean;
}

export interface NewAppRequest {
  readonly name: string;
  /** Folder of the app, relative to the workspace root. */
  readonly root: string;
  readonly packageManager: 'npm' | 'pnpm' | 'yarn' | 'berry';
  /** Port that the app listens on unless its environment says otherwise. Default: the runtime's. */
  readonly port?: number;
  /** The workspace's shared TypeScript configuration where there is one, e.g. `tsconfig.base.json`: it has the path aliases. */
  readonly tsconfigBase?: string;
}

/** A new app: its files and what the workspace's package.json gains. */
export interface NewApp {
  readonly files: readonly RenderedFile[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** What the Dockerfile output needs of a runtime: the files of one service's image. */
export interface ImageFiles {
  readonly files: readonly RenderedFile[];
}

/** What an image's files may need to know beside their own service. */
export interface RenderContext {
  /** All services of the stack, with their settings wired, sorted by name. */
  readonly services: readonly Service[];
}

/** A runtime: how a service is built and run. One folder under packages/runtimes each. */
export interface Runtime {
  readonly name: string;
  /** One line for `--help` and the docs. */
  readonly description: string;
  readonly bases: readonly BaseFamily[];
  /** An existing project whose runtime nobody names is that of the highest rank which recognises it. */
  readonly rank: number;
  readonly defaults: RuntimeDefaults;
  /** Null where the project is not of this runtime. @throws DescriptionError where it is but cannot be built (e.g. no build target). */
  detect(project: ProjectTargets, workspace: WorkspaceReader): Detection | null;
  newApp(request: NewAppRequest): NewApp;
  /** Facts that hold for every project of the workspace and stand in no description, e.g. the package manager. Cheap: read on every run. */
  workspaceFacts?(workspace: WorkspaceReader): NonNullable<ProjectFacts['detected']>;
  /**
   * Dockerfile and ignore file, and what else is generated for the image. Pure. `images` replace the catalogue's references, by the catalogue's name.
   * @throws DescriptionError where the catalogue has no image of that version and base.
   */
  renderImage(
    service: Service,
    images?: Readonly<Record<string, string>>,
    context?: RenderContext,
  ): readonly RenderedFile[];
  /** Arguments that start the image with its debugger on `port`; absent where images of this runtime hold none. */
  debug?(service: Service): { readonly command: readonly string[]; readonly port: number };
}
