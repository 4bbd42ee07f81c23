import { setTimeout as sleep } from 'node:timers/promises';
import { logger } from '@nx/devkit';
import type {
  ComposeClient,
  ComposeContainer,
  ConfiguredService,
} from '../packages/engines/docker/compose-client';
import { composeProblem } from '../packages/engines/docker/compose-problem';
import { openEngine } from '../packages/engines/engines';
import { formatUnhealthy, judge, type Unhealthy } from './compose-health';
import { prepareSecrets } from './compose-secrets';
import type { ComposeStack } from './compose-stack';
import { TargetError } from './mistakes';

const pollMs = 500;
const logLines = 20;

/** A stack all of whose containers are healthy. */
export interface StartedStack {
  /** Name of the Compose project. */
  readonly name: string;
  readonly containers: readonly ComposeContainer[];
}

/**
 * Makes the secrets that are missing, starts the stack and waits until every container is healthy.
 * @param seconds that it may take
 * @throws TargetError that names each container that is not healthy, and why; EngineError
 */
export async function startComposeStack(
  { client, environment }: ComposeStack,
  root: string,
  seconds: number,
): Promise<StartedStack> {
  const config = await client.config();
  const { made, changed } = prepareSecrets(root, config, environment);
  if (made.length > 0) logger.log(`Made the secrets ${made.join(', ')}.`);
  const deadline = Date.now() + seconds * 1000;
  const readers = Object.keys(config.services).filter((name) =>
    config.services[name]!.secrets?.some(({ source }) => changed.includes(source)),
  );
  if (readers.length > 0) {
    logger.log(`Starting ${readers.join(', ')} anew: ${changed.join(', ')} changed.`);
    // They are made again below, with what they wait for.
    await client.must('remove containers', ['rm', '--stop', '--force', ...readers]);
  }
  const judgeOne: Judge = (container) => judge(container, hasCheck(config.services[container.Service]));
  await start(client, judgeOne, deadline);
  return { name: config.name, containers: await waitUntilHealthy(client, judgeOne, deadline) };
}

type Judge = (container: ComposeContainer) => ReturnType<typeof judge>;

function hasCheck(service: ConfiguredService | undefined): boolean {
  return service?.healthcheck !== undefined && !service.healthcheck.disable;
}

/** A container that another one waits for may fail here already: why is told like that of any other. */
async function start(client: ComposeClient, judgeOne: Judge, deadline: number): Promise<void> {
  const { code, stderr, timedOut } = await client.run(['up', '--detach', '--no-build', '--remove-orphans'], {
    timeoutMs: Math.max(1, deadline - Date.now()),
    onLine: (line) => {
      if (/ (Created|Started|Healthy)$/.test(line)) logger.log(line.trim());
    },
  });
  if (code === 0) return;
  if (timedOut || /dependency failed to start|is unhealthy|exited \(\d+\)/.test(stderr))
    throw await unhealthyError(await client.containers(), judgeOne);
  throw composeProblem('start the stack', stderr);
}

async function waitUntilHealthy(
  client: ComposeClient,
  judgeOne: Judge,
  deadline: number,
): Promise<readonly ComposeContainer[]> {
  const told = new Set<string>();
  for (;;) {
    const containers = await client.containers();
    const states = containers.map(judgeOne);
    containers.forEach(({ Name }, at) => {
      if (states[at] !== 'healthy' || told.has(Name)) return;
      told.add(Name);
      logger.log(`${Name} is healthy (${told.size} of ${containers.length})`);
    });
    if (containers.length > 0 && states.every((state) => state === 'healthy')) return containers;
    if (states.includes('failed') || Date.now() > deadline) throw await unhealthyError(containers, judgeOne);
    await sleep(pollMs);
  }
}

/** Names each container that is not healthy, and why. They are left as they are: whoever mends them wants to look. */
async function unhealthyError(
  containers: readonly ComposeContainer[],
  judgeOne: Judge,
): Promise<TargetError> {
  const engine = openEngine('docker');
  const unhealthy: Unhealthy[] = [];
  for (const container of containers) {
    if (judgeOne(container) === 'healthy') continue;
    const state = await engine.inspectContainer(container.ID);
    // One that waits for another has not been started: it has nothing to tell.
    const logs = container.State === 'created' ? '' : await engine.lastLogs(container.ID, logLines);
    unhealthy.push({
      container,
      // One that runs again by now has forgotten how it ended.
      exitCode: state && state.status !== 'running' ? state.exitCode : null,
      healthLog: state?.healthLog ?? [],
      logs,
    });
  }
  return new TargetError(formatUnhealthy(unhealthy));
}
