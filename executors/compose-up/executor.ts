import { setTimeout as sleep } from 'node:timers/promises';
import { logger, type ExecutorContext } from '@nx/devkit';
import type {
  ComposeClient,
  ComposeContainer,
  ConfiguredService,
} from '../../packages/engines/docker/compose-client';
import { composeProblem } from '../../packages/engines/docker/compose-problem';
import { openEngine } from '../../packages/engines/engines';
import { openComposeStack } from '../compose-stack';
import { prepareSecrets } from '../compose-secrets';
import { failInOneLine, TargetError } from '../mistakes';
import { formatUnhealthy, judge, type Unhealthy } from './report';
import type { ComposeUpExecutorSchema } from './schema.gen';

const pollMs = 500;
const logLines = 20;

/** Starts the stack and waits until every container is healthy. Never cached: the engine is asked. */
export default function composeUp(
  options: ComposeUpExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(async () => {
    const { client, environment } = openComposeStack(options, context, 'built');
    const config = await client.config();
    const { made, changed } = prepareSecrets(context.root, config, environment);
    if (made.length > 0) logger.log(`Made the secrets ${made.join(', ')}.`);
    const deadline = Date.now() + (options.timeout ?? 180) * 1000;
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
    const containers = await waitUntilHealthy(client, judgeOne, deadline);
    logger.log(`${config.name} is healthy: ${containers.length} containers.${addresses(containers)}`);
    return true;
  }, context.root);
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

function addresses(containers: readonly ComposeContainer[]): string {
  const lines = containers.flatMap(({ Service, Publishers }) =>
    (Publishers ?? [])
      .filter(({ PublishedPort }) => PublishedPort > 0)
      .map(({ URL, PublishedPort, TargetPort }) => `  ${Service}: ${URL}:${PublishedPort} -> ${TargetPort}`),
  );
  return [...new Set(lines)].map((line) => `\n${line}`).join('');
}
