import { setTimeout as sleep } from 'node:timers/promises';
import { CommandNotFoundError, run } from '../process/run';
import type { Command, RunResult } from '../process/types';
import { ClusterError, UnreachableError } from './cluster-error';
import { kubectlProblem } from './kubectl-problem';
import { secretValues, type KubernetesObject } from './objects';

/** The field manager of everything that is applied: what others have set is theirs. */
const fieldManager = 'toolbox';

/** Milliseconds that one call may take; those that wait for the server end earlier by themselves. */
const callMs = 60_000;

/** Milliseconds between two tries of an API server that does not answer. */
const retryMs = 1_000;

interface CallOptions {
  readonly input?: string;
  readonly secrets?: readonly string[];
}

/** How long an API server that does not answer is asked again. */
export interface Patience {
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** Called once for each call that has to wait. */
  readonly onSilence: (why: string) => void;
}

/** kubectl for one namespace of one named context: the current one of a kubeconfig is never used. */
export class Kubectl {
  constructor(
    readonly context: string,
    readonly namespace: string,
    private readonly cwd: string,
    private readonly patience: Patience = { until: 0, onSilence: () => undefined },
  ) {}

  /** `context/namespace`, for people. */
  get where(): string {
    return `${this.context}/${this.namespace}`;
  }

  /** The same, patient with an API server that goes away for a while. */
  patient(patience: Patience): Kubectl {
    return new Kubectl(this.context, this.namespace, this.cwd, patience);
  }

  command(args: readonly string[]): Command {
    const connection = ['--context', this.context, '--namespace', this.namespace, '--request-timeout=20s'];
    return { file: 'kubectl', args: [...connection, ...args] };
  }

  /** One call, whatever comes of it. @throws ClusterError where kubectl is missing */
  async run(args: readonly string[], options: CallOptions = {}): Promise<RunResult> {
    try {
      return await run(this.command(args), { cwd: this.cwd, timeoutMs: callMs, ...options });
    } catch (error) {
      if (!(error instanceof CommandNotFoundError)) throw error;
      throw new ClusterError(`${this.where}: kubectl was not found. Install it, or add its folder to PATH.`);
    }
  }

  /**
   * A call that has to succeed, and may be made twice.
   * @param purpose completes "cannot …"
   * @returns its standard output
   * @throws ClusterError; UnreachableError where no API server answers
   */
  async must(purpose: string, args: readonly string[], options: CallOptions = {}): Promise<string> {
    for (let isSilent = false; ;) {
      const { code, stdout, stderr, timedOut } = await this.run(args, options);
      if (code === 0) return stdout;
      const problem = timedOut
        ? new UnreachableError(
            `${this.where}: cannot ${purpose}: the API server does not answer within ${callMs / 1000} s.`,
          )
        : kubectlProblem(purpose, this.where, stderr);
      if (!(problem instanceof UnreachableError) || Date.now() > this.patience.until) throw problem;
      if (!isSilent) this.patience.onSilence(problem.message);
      isSilent = true;
      await sleep(retryMs);
    }
  }

  /** The objects that kubectl finds; one that is not there is none of them. */
  async find<T>(args: readonly string[]): Promise<readonly T[]> {
    const out = await this.must(`read ${args[0]}`, ['get', ...args, '--ignore-not-found', '-o', 'json']);
    if (out.trim() === '') return [];
    const found = JSON.parse(out) as { readonly kind: string; readonly items?: readonly T[] };
    return found.kind === 'List' || found.items !== undefined ? (found.items ?? []) : [found as T];
  }

  /** Server-side apply. What the objects no longer say and we once said is removed from them. */
  async apply(
    objects: readonly KubernetesObject[],
    { force = false, dryRun = false }: { readonly force?: boolean; readonly dryRun?: boolean } = {},
  ): Promise<void> {
    const args = ['apply', '--server-side', `--field-manager=${fieldManager}`, '--validate=strict'];
    if (force) args.push('--force-conflicts');
    if (dryRun) args.push('--dry-run=server');
    await this.must(dryRun ? 'apply these manifests' : 'apply the manifests', [...args, '-f', '-'], {
      input: listOf(objects),
      secrets: secretValues(objects),
    });
  }

  /** What an apply would change, as a unified diff; empty where that is nothing. Values of Secrets are masked. */
  async diff(
    objects: readonly KubernetesObject[],
    { force = false }: { readonly force?: boolean } = {},
  ): Promise<string> {
    const args = ['diff', '--server-side', `--field-manager=${fieldManager}`];
    if (force) args.push('--force-conflicts');
    const { code, stdout, stderr } = await this.run([...args, '-f', '-'], {
      input: listOf(objects),
      secrets: secretValues(objects),
    });
    // 1 stands for differences, as with diff itself; what went wrong is more.
    if (code === 0 || (code === 1 && stdout !== '')) return stdout;
    throw kubectlProblem('compare the manifests', this.where, stderr);
  }
}

function listOf(items: readonly KubernetesObject[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}
