import { setTimeout as sleep } from 'node:timers/promises';
import { logger } from '@nx/devkit';
import { parse } from 'yaml';
import { deploymentLabel, type SwarmClient } from '../packages/engines/docker/swarm-client';
import {
  failuresOf,
  progressOf,
  type Progress,
  type SwarmTask,
} from '../packages/engines/docker/swarm-state';

const pollMs = 1000;
const logLines = 20;

/** What became of a deployment: the reasons of the services that failed, none where all are as described. */
export interface RollOut {
  readonly failures: readonly string[];
}

/**
 * Hands a stack file over and waits until every service runs as it says.
 * @param text the file with its variables replaced, as `docker stack config` writes it
 * @param number of the deployment, which every service then has as a label
 * @param seconds that it may take
 */
export async function rollOut(
  client: SwarmClient,
  text: string,
  number: number,
  seconds: number,
): Promise<RollOut> {
  const servicesBefore = await client.services();
  const known = new Set((await client.tasks(servicesBefore.map(({ ID }) => ID))).map(({ ID }) => ID));
  const before = new Map(servicesBefore.map(({ ID, UpdateStatus }) => [ID, UpdateStatus?.StartedAt]));
  await client.deploy(labelled(text, number));
  const deadline = Date.now() + seconds * 1000;
  const told = new Map<string, string>();
  for (;;) {
    const services = await client.services();
    const tasks = await client.tasks(services.map(({ ID }) => ID));
    const judged = services.map((service) => {
      const own = tasks.filter(({ ServiceID }) => ServiceID === service.ID);
      const progress = progressOf(service, own, { before: before.get(service.ID), known });
      tell(told, service.Spec.Name, progress);
      return { name: service.Spec.Name, progress, failed: failuresOf(own, known) };
    });
    const late = Date.now() > deadline;
    const lost = judged.filter(
      ({ progress }) => progress.state === 'failed' || (late && progress.state === 'waiting'),
    );
    if (lost.length > 0)
      return { failures: await Promise.all(lost.map((one) => explain(client, one, seconds))) };
    if (judged.length > 0 && judged.every(({ progress }) => progress.state === 'converged'))
      return { failures: [] };
    await sleep(pollMs);
  }
}

function tell(told: Map<string, string>, name: string, progress: Progress): void {
  const line =
    progress.state === 'failed'
      ? `${name}: failed`
      : `${name}: ${Math.min(progress.running, progress.wanted)} of ${progress.wanted} running${progress.state === 'converged' ? '' : ' …'}`;
  if (told.get(name) === line) return;
  told.set(name, line);
  logger.log(line);
}

interface Judged {
  readonly name: string;
  readonly progress: Progress;
  readonly failed: readonly SwarmTask[];
}

async function explain(
  client: SwarmClient,
  { name, progress, failed }: Judged,
  seconds: number,
): Promise<string> {
  const why =
    progress.state === 'failed'
      ? progress.why
      : `${progress.running} of ${progress.wanted} ran as described after ${seconds} s (--timeout)`;
  const said = failed
    .slice(0, 3)
    .map(({ Status }) => `  ${Status.State}: ${Status.Err ?? 'without a reason'}`);
  const logs = failed[0] ? await client.lastLogs(failed[0].ID, logLines) : '';
  const output =
    logs === '' ? [] : ['  Its last log lines:', ...logs.split('\n').map((line) => `    ${line}`)];
  return [`${name}: ${why}.`, ...said, ...output].join('\n');
}

/** The deployment whose services run now; null where they are of several, or of none. */
export async function runningDeployment(client: SwarmClient): Promise<number | null> {
  const numbers = new Set(
    (await client.services()).map(({ Spec }) => Number(Spec.Labels?.[deploymentLabel])),
  );
  const [number = NaN] = numbers;
  return numbers.size === 1 && Number.isInteger(number) ? number : null;
}

/** The file with the deployment's label on every service. A label of a service restarts none of its tasks. */
function labelled(text: string, number: number): string {
  const file = escaped(parse(text)) as StackFile;
  const services = Object.entries(file.services).map(([name, service]) => {
    const labels = { ...service.deploy?.labels, [deploymentLabel]: String(number) };
    return [name, { ...service, deploy: { ...service.deploy, labels } }];
  });
  // JSON is YAML, too.
  return JSON.stringify({ ...file, services: Object.fromEntries(services) });
}

interface StackFile {
  readonly services: Readonly<
    Record<string, { readonly deploy?: { readonly labels?: Readonly<Record<string, string>> } }>
  >;
}

/** `docker stack config` writes a `$` as it is meant, `docker stack deploy` would take it for a variable. */
function escaped(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$');
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, escaped(one)]));
}
