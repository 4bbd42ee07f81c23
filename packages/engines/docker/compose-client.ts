import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RunOptions, RunResult } from '../../process/types';
import { EngineError } from '../engine';
import { pluginFolders } from './buildx-plugin';
import { composeProblem } from './compose-problem';
import { DockerCli } from './docker-cli';

/** What is started together: files in the order in which they are merged, and where their variables come from. */
export interface ComposeRequest {
  /** Absolute paths. */
  readonly files: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Name of the project instead of the files' own. */
  readonly name?: string | undefined;
}

/** One container of a project as `docker compose ps` tells of it. */
export interface ComposeContainer {
  readonly ID: string;
  readonly Name: string;
  readonly Service: string;
  readonly State: string;
  /** The empty text where there is no health check. */
  readonly Health: '' | 'starting' | 'healthy' | 'unhealthy';
  readonly ExitCode: number;
  readonly Publishers:
    readonly { readonly URL: string; readonly TargetPort: number; readonly PublishedPort: number }[] | null;
}

/** The files as Compose understands them: merged, with every variable replaced. */
export interface ComposeConfig {
  readonly name: string;
  readonly services: Readonly<Record<string, ConfiguredService>>;
  readonly networks?: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly secrets?: Readonly<Record<string, { readonly file?: string }>>;
}

export interface ConfiguredService {
  readonly image?: string;
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly secrets?: readonly { readonly source: string }[];
  readonly networks?: Readonly<Record<string, unknown>>;
  readonly ports?: readonly { readonly host_ip?: string; readonly published?: string }[];
  readonly volumes?: readonly { readonly type: string; readonly source?: string }[];
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly user?: string;
  readonly restart?: string;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly healthcheck?: { readonly disable?: boolean };
  readonly logging?: { readonly driver?: string; readonly options?: Readonly<Record<string, string>> };
  readonly deploy?: {
    readonly replicas?: number;
    readonly resources?: {
      readonly limits?: { readonly cpus?: number | string; readonly memory?: string; readonly pids?: number };
    };
  };
}

/** `docker compose` for one combination of files. */
export class ComposeClient {
  private readonly cli = new DockerCli(pluginFolders());

  constructor(private readonly request: ComposeRequest) {}

  /** A non-zero exit is a result. @throws EngineError where Docker or its plugin is missing */
  async run(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const { files, env, name } = this.request;
    const chosen = [...files.flatMap((file) => ['--file', file]), ...(name ? ['--project-name', name] : [])];
    const result = await this.cli.run(['compose', '--ansi', 'never', ...chosen, ...args], {
      ...options,
      env: { ...env, ...options.env },
    });
    if (
      result.code !== 0 &&
      /'compose' is not a docker command|unknown flag: --(ansi|file)/.test(result.stderr)
    )
      throw new EngineError(
        'Docker has no compose plugin. Install it (package docker-compose-plugin or docker-compose) and run this again.',
      );
    return result;
  }

  /** @param doing completes "Docker Compose could not …" @throws EngineError in one line where it fails */
  async must(doing: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { code, stdout, stderr, timedOut } = await this.run(args, options);
    if (timedOut) throw new EngineError(`Docker Compose could not ${doing} in time.`);
    if (code !== 0) throw composeProblem(doing, stderr);
    return stdout;
  }

  async config(): Promise<ComposeConfig> {
    return JSON.parse(await this.must('read its files', ['config', '--format', 'json'])) as ComposeConfig;
  }

  /**
   * Removes the project's containers and networks once this process has ended, however it ends.
   * @returns what calls that off, once they are removed
   */
  async removeAfterwards(project: string): Promise<() => void> {
    const marker = join(mkdtempSync(join(tmpdir(), 'toolbox-compose-')), 'running');
    writeFileSync(marker, project);
    // By its name alone: what it was started from may have gone by then.
    await this.cli.runAfterwards(
      [['compose', '--project-name', project, 'down', '--remove-orphans']],
      marker,
    );
    return () => rmSync(dirname(marker), { recursive: true, force: true });
  }

  /** Every container of the project, stopped ones too, sorted by name. */
  async containers(): Promise<readonly ComposeContainer[]> {
    const lines = (await this.must('list its containers', ['ps', '--all', '--format', 'json'])).trim();
    // One object to a line; a list before Compose 2.21.
    const found = lines.startsWith('[')
      ? (JSON.parse(lines) as ComposeContainer[])
      : lines
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as ComposeContainer);
    return found.sort((a, b) => (a.Name < b.Name ? -1 : 1));
  }
}
