import { join, posix } from 'node:path';
import { logger, type ExecutorContext } from '@nx/devkit';
import { pluginFolders } from '../../packages/engines/docker/buildx-plugin';
import { ComposeProject } from '../../packages/engines/docker/compose-project';
import { DockerCli } from '../../packages/engines/docker/docker-cli';
import { openEngine } from '../../packages/engines/engines';
import type { ProjectContainer } from '../../packages/engines/docker/project-containers';
import { imageReference } from '../../packages/images/catalogue';
import { readRecord } from '../../packages/images/record';
import { devEnvironment } from '../../packages/service/backing';
import { overlayName } from '../../packages/service/compose-names';
import type { Service } from '../../packages/service/types';
import { readServicesOnDisk } from '../../packages/workspace/service-on-disk';
import { startComposeStack } from '../compose-start';
import { openComposeStack } from '../compose-stack';
import { loadedImage, tagImage } from '../loaded-image';
import { failInOneLine, TargetError } from '../mistakes';
import { buildTargetName, builtFolder, projectOf } from '../project-image';
import { openWholeLayout } from '../whole-layout';
import { writeWhole } from '../write-whole';
import { askWithin } from './ask';
import { measureBuilds, nxBuild } from './build-times';
import { chooseChecks } from './choose';
import { attemptsFor, judgeConnections } from './connections';
import { judgeContainers } from './containers';
import { expectedStack, listenersOf, stackFile, type ExpectedStack } from './expected';
import { inTurns } from '../in-turns';
import { judgeImages } from './images';
import { formatJUnit, formatVerifyReport } from './report';
import { formatVerifyPage } from './report-page';
import type { CheckId, CheckResult, VerifyReport } from './result';
import type { VerifyExecutorSchema } from './schema.gen';
import { judgeSecrets } from './secrets';
import { runSmoke } from './smoke';

/** Compares the running stack with its descriptions. Changes nothing and starts nothing but short-lived probes, unless it is to start the stack itself. */
export default function verify(
  options: VerifyExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(
    () => (options.start ? withStack(options, context) : check(options, context)),
    context.root,
  );
}

/** Starts the stack where it does not run, and then leaves nothing of it running. One that runs already is left as it is. */
async function withStack(options: VerifyExecutorSchema, context: ExecutorContext): Promise<boolean> {
  const stack = openComposeStack(options, context, 'built');
  if ((await stack.client.containers()).length > 0) return check(options, context);
  const engine = openEngine('docker');
  for (const { folder, record } of builtImages(context, servicesOf(options, context).services))
    await tagImage(engine, await loadedImage(engine, folder, record, context.root), record.tags);
  const { name } = await stack.client.config();
  const calledOff = await stack.client.removeAfterwards(name);
  try {
    await startComposeStack(stack, context.root, options.startTimeout ?? 180);
    return await check(options, context);
  } finally {
    await stack.client.must('stop the stack', ['down', '--remove-orphans']);
    calledOff();
    logger.info(`${name} is stopped again; its data is kept.`);
  }
}

async function check(options: VerifyExecutorSchema, context: ExecutorContext): Promise<boolean> {
  const project = projectOf(context);
  const { chosen, skipped } = chooseChecks(options.only, options.skip);
  const { environment, stack, services } = servicesOf(options, context);
  if (services.length === 0)
    throw new TargetError(
      'No project of the workspace is a service. Make one with: nx g toolbox:service <name>',
    );
  const composeProject = options.name ?? `${stack.name}-${overlayName(environment)}`;
  const running = new ComposeProject(new DockerCli(pluginFolders()), composeProject);
  const containers = await running.containers();
  if (containers.length === 0)
    throw new TargetError(
      `${composeProject}: nothing of the stack runs. Start it with: nx compose-up infrastructure${environment === devEnvironment ? '' : ` --env=${environment}`}`,
    );
  const expected = expectedStack(stack, services, environment);
  const seconds: Partial<Record<CheckId, number>> = {};
  const results: CheckResult[] = [];
  /** Makes checks that belong together, where one of them is wanted. */
  const make = async (
    ids: readonly CheckId[],
    body: () => Promise<readonly CheckResult[]> | readonly CheckResult[],
  ) => {
    const wanted = ids.filter((id) => chosen.has(id));
    if (wanted.length === 0) return;
    logger.info(`${wanted.join(', ')} …`);
    const began = Date.now();
    const made = (await body()).filter(({ check }) => chosen.has(check));
    results.push(...made);
    for (const id of wanted)
      if (made.some((result) => result.check === id)) seconds[id] = (Date.now() - began) / 1000;
  };

  if (stack.buildLimits.cold !== null || stack.buildLimits.cached !== null)
    await make(['build-cold', 'build-cached'], () => {
      const { projects } = context.projectsConfigurations;
      const names = services.map(({ name }) => ({ name, target: buildTargetName(projects[name]) }));
      return measureBuilds(names, stack.buildLimits, nxBuild(context.root));
    });
  await make(['image-size', 'stack-size'], () =>
    judgeImages(builtImages(context, services), stack.budget, stackFile),
  );
  await make(['image-secrets'], () =>
    inTurns(builtImages(context, services), 2, async ({ folder, record }) => {
      const layout = await openWholeLayout(folder, record, { workspaceRoot: context.root, engine: 'docker' });
      return judgeSecrets({ record, layout });
    }),
  );
  await make(
    ['running', 'health', 'user', 'read-only', 'privileges', 'limits', 'environment', 'networks', 'ports'],
    () => judgeContainers(expected.containers, containers, { loopbackOnly: environment === devEnvironment }),
  );
  await make(['connects', 'isolated'], () => tryConnections(running, containers, expected, options));
  if (stack.smoke.length > 0)
    await make(['smoke'], () =>
      runSmoke(stack.smoke, baseUrl(options.baseUrl, containers), askWithin(options.timeout ?? 30)),
    );

  const report: VerifyReport = {
    schemaVersion: 1,
    stack: stack.name,
    environment,
    passed: results.length > 0 && results.every(({ passed }) => passed),
    results,
    skipped,
    seconds,
  };
  writeReports(context.root, project.name, report);
  logger.log(formatVerifyReport(report));
  return report.passed;
}

/** The stack and its services as they are described for the environment. @throws TargetError, DescriptionError */
function servicesOf(options: VerifyExecutorSchema, context: ExecutorContext) {
  const { environment } = openComposeStack(options, context, 'any');
  const { projects } = context.projectsConfigurations;
  return {
    environment,
    ...readServicesOnDisk(context.root, projects, context.nxJsonConfiguration, environment),
  };
}

/** The image of each service, with what its description says of it. */
function builtImages(context: ExecutorContext, services: readonly Service[]) {
  return services.map((service) => {
    const folder = join(context.root, builtFolder(context, service.name));
    const record = readRecord(folder, service.name);
    return { folder, record, budget: service.budget, description: `${service.root}/toolbox.yaml` };
  });
}

async function tryConnections(
  project: ComposeProject,
  containers: readonly ProjectContainer[],
  expected: ExpectedStack,
  { probeImage, parallel }: VerifyExecutorSchema,
): Promise<readonly CheckResult[]> {
  const image = probeImage ?? imageReference('alpine');
  const listeners = listenersOf(expected, containers);
  const names = expected.containers.map(({ name }) => name);
  const sources = containers.filter(({ service, status }) => status === 'running' && names.includes(service));
  const judged = await inTurns(sources, parallel ?? 4, async ({ id, service }) => {
    const attempts = attemptsFor(service, listeners, expected.edges);
    return judgeConnections(attempts, await project.connect(id, image, attempts));
  });
  return judged.flat();
}

/** The user's address, else that of the first published port. @throws TargetError where nothing is published */
function baseUrl(chosen: string | undefined, containers: readonly ProjectContainer[]): string {
  if (chosen !== undefined) {
    if (!URL.canParse(chosen))
      throw new TargetError(
        `verify: baseUrl: ${JSON.stringify(chosen)} is not an address such as http://127.0.0.1:8080`,
      );
    return chosen;
  }
  const [port] = containers.flatMap(({ ports }) => ports);
  if (!port)
    throw new TargetError(
      'verify: smoke: nothing of the stack is published. Name the address with --baseUrl, or expose a service.',
    );
  const host = ['0.0.0.0', '::', ''].includes(port.host) ? '127.0.0.1' : port.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port.hostPort}`;
}

function writeReports(root: string, project: string, report: VerifyReport): void {
  const folder = posix.join('dist/reports', project);
  writeWhole(join(root, folder, 'verify.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeWhole(join(root, folder, 'verify.xml'), formatJUnit(report));
  writeWhole(join(root, folder, 'verify.html'), formatVerifyPage(report));
}
