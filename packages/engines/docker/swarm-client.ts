import type { RunOptions, RunResult } from '../../process/types';
import { EngineError } from '../engine';
import { pluginFolders } from './buildx-plugin';
import { DockerCli } from './docker-cli';
import { dockerError } from './docker-problems';
import type { SwarmServiceState, SwarmTask } from './swarm-state';

/** Label of what belongs to a stack and is not the stack file's: secrets and records. */
const stackLabel = 'io.toolbox.stack';
export const deploymentLabel = 'io.toolbox.deployment';

/** Milliseconds for a question; a deployment itself only hands the file over. */
const timeoutMs = 60_000;

/** One deployment that succeeded: a config of the Swarm, so that every machine which can deploy can also roll back. */
export interface SwarmDeployment {
  readonly id: string;
  /** Counts up from 1. */
  readonly number: number;
}

/** `docker stack` and what it needs, for one stack. */
export class SwarmClient {
  private readonly cli = new DockerCli(pluginFolders());

  /** @param stack its name on the Swarm, e.g. `acme-prod` */
  constructor(readonly stack: string) {}

  /** @throws EngineError where the engine is no manager of a Swarm */
  async checkManager(): Promise<void> {
    const { LocalNodeState, ControlAvailable } = JSON.parse(
      await this.must('tell of its Swarm', ['info', '--format', '{{json .Swarm}}']),
    ) as { LocalNodeState?: string; ControlAvailable?: boolean };
    if (LocalNodeState === 'active' && ControlAvailable) return;
    throw new EngineError(
      LocalNodeState === 'active'
        ? 'This engine is a worker of its Swarm. Name a manager, e.g. with: docker context use <manager>'
        : 'This engine is no part of a Swarm. Make one with: docker swarm init, or name a manager, e.g. with: docker context use <manager>',
    );
  }

  /** The files merged, with every variable replaced. @throws EngineError for a missing variable or a mistake in them */
  config(files: readonly string[], env: RunOptions['env']): Promise<string> {
    const chosen = files.flatMap((file) => ['--compose-file', file]);
    return this.must('read the stack file', ['stack', 'config', ...chosen], { env });
  }

  /** Hands a stack file over; what it does not name any more is removed. */
  async deploy(text: string): Promise<void> {
    const options = ['--compose-file', '-', '--prune', '--with-registry-auth', '--resolve-image', 'changed'];
    await this.must('deploy the stack', ['stack', 'deploy', ...options, this.stack], { input: text });
  }

  async services(): Promise<readonly SwarmServiceState[]> {
    const ids = await this.lines('list the services', [
      ...['service', 'ls', '--quiet', '--filter', `label=com.docker.stack.namespace=${this.stack}`],
    ]);
    return ids.length === 0 ? [] : this.inspect<SwarmServiceState>('service', ids);
  }

  /** All tasks that the Swarm remembers of some services. */
  async tasks(services: readonly string[]): Promise<readonly SwarmTask[]> {
    if (services.length === 0) return [];
    const ids = await this.lines('list the tasks', ['service', 'ps', '--quiet', '--no-trunc', ...services]);
    return ids.length === 0 ? [] : this.inspect<SwarmTask>('task', ids);
  }

  /** The last lines that a task wrote; the empty text where its node does not answer. */
  async lastLogs(task: string, lines: number): Promise<string> {
    const { stdout, stderr } = await this.cli.run(
      ['service', 'logs', '--raw', '--tail', String(lines), task],
      {
        timeoutMs: 10_000,
      },
    );
    return `${stdout}${stderr}`.trim();
  }

  /** Makes a secret unless the Swarm has one of that name: its name tells its content. @returns whether it was made */
  async ensureSecret(name: string, value: Buffer): Promise<boolean> {
    const found = await this.lines('list the secrets', [
      ...['secret', 'ls', '--format', '{{.Name}}', '--filter', `name=${name}`],
    ]);
    if (found.includes(name)) return false;
    const label = `${stackLabel}=${this.stack}`;
    await this.must('make a secret', ['secret', 'create', '--label', label, name, '-'], { input: value });
    return true;
  }

  /** Removes the stack's secrets besides some. One that a service still uses stays. */
  async pruneSecrets(kept: ReadonlySet<string>): Promise<readonly string[]> {
    const names = await this.lines('list the secrets', [
      ...['secret', 'ls', '--format', '{{.Name}}', '--filter', `label=${stackLabel}=${this.stack}`],
    ]);
    const removed: string[] = [];
    for (const name of names.filter((one) => !kept.has(one)))
      if ((await this.cli.run(['secret', 'rm', name], { timeoutMs })).code === 0) removed.push(name);
    return removed;
  }

  /** The deployments that succeeded, newest first. */
  async deployments(): Promise<readonly SwarmDeployment[]> {
    const format = `{{.ID}} {{.Label "${deploymentLabel}"}}`;
    const lines = await this.lines('list the deployments', [
      ...['config', 'ls', '--format', format, '--filter', `label=${stackLabel}=${this.stack}`],
    ]);
    return lines
      .map((line) => {
        const [id = '', number] = line.split(' ');
        return { id, number: Number(number) };
      })
      .sort((a, b) => b.number - a.number);
  }

  /** The stack file of a deployment. */
  async deployed({ id }: SwarmDeployment): Promise<string> {
    const [config] = await this.inspect<{ readonly Spec: { readonly Data: string } }>('config', [id]);
    return Buffer.from(config!.Spec.Data, 'base64').toString('utf8');
  }

  async remember(number: number, text: string): Promise<void> {
    const labels = [`${stackLabel}=${this.stack}`, `${deploymentLabel}=${number}`];
    await this.must(
      'remember the deployment',
      [
        ...['config', 'create', ...labels.flatMap((label) => ['--label', label])],
        ...[`${this.stack}_deployment-${number}`, '-'],
      ],
      { input: text },
    );
  }

  async forget({ id }: SwarmDeployment): Promise<void> {
    await this.must('forget a deployment', ['config', 'rm', id]);
  }

  /** Names of the nodes whose label has that value, and of all nodes that can run tasks. */
  async nodes(
    label: string,
  ): Promise<{ readonly labelled: readonly string[]; readonly all: readonly string[] }> {
    const ids = await this.lines('list the nodes', ['node', 'ls', '--quiet']);
    const nodes = await this.inspect<{
      readonly ID: string;
      readonly Description: { readonly Hostname: string };
      readonly Spec: { readonly Labels?: Readonly<Record<string, string>> };
    }>('node', ids);
    const named = (some: typeof nodes) => some.map(({ Description }) => Description.Hostname);
    return {
      labelled: named(nodes.filter(({ Spec }) => Spec.Labels?.[label] === this.stack)),
      all: named(nodes),
    };
  }

  async labelNode(node: string, label: string): Promise<void> {
    await this.must('label a node', ['node', 'update', '--label-add', `${label}=${this.stack}`, node]);
  }

  private async inspect<T>(
    type: 'service' | 'task' | 'config' | 'node',
    ids: readonly string[],
  ): Promise<readonly T[]> {
    // A task has no command of its own.
    const command = type === 'task' ? ['inspect', '--type', type] : [type, 'inspect'];
    return JSON.parse(await this.must(`look at a ${type}`, [...command, ...ids])) as readonly T[];
  }

  private async lines(doing: string, args: readonly string[]): Promise<readonly string[]> {
    return (await this.must(doing, args)).split('\n').filter(Boolean);
  }

  private async must(doing: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
    const result: RunResult = await this.cli.run(args, { timeoutMs, ...options });
    if (result.timedOut) throw new EngineError(`Docker could not ${doing} within ${timeoutMs / 1000} s.`);
    if (result.code !== 0) throw swarmProblem(doing, result.stderr);
    return result.stdout;
  }
}

/** Why the Swarm refused, in one line with what to do. */
function swarmProblem(doing: string, stderr: string): EngineError {
  const variable = /required variable (\w+) is missing a value: (.*?)"?$/m.exec(stderr);
  if (variable) return new EngineError(`The variable ${variable[1]} is missing: ${variable[2]}.`);
  if (/config_schema|Additional property|must be a |unsupported Compose file/i.test(stderr))
    return new EngineError(`The stack file cannot be read: ${stderr.trim().split('\n').at(-1)}`);
  return dockerError(doing, stderr);
}
