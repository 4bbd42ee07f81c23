import { logger, type ExecutorContext } from '@nx/devkit';
import { carryOut } from '../../packages/cluster/carry-out';
import type { Kubectl } from '../../packages/cluster/kubectl';
import { refOf, type KubernetesObject } from '../../packages/cluster/objects';
import { present } from '../../packages/cluster/bring';
import { actor, commitOf, renderTarget, whileInterruptible } from '../cluster-target';
import { failInOneLine } from '../mistakes';
import { withPushedImage } from '../pushed-image';
import type { DeployExecutorSchema } from './schema.gen';

/** Deploys a project to an environment, and rolls back by itself what does not come up. Never cached: the cluster is asked. */
export default function deploy(
  options: DeployExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(async () => {
    const target = await renderTarget(options, context);
    const { kubectl, project, environment, owner } = target;
    const objects = withPushedImage(target, options.image, context);
    const force = options.forceConflicts ?? false;
    if (options.dryRun) {
      await kubectl.apply(objects, { dryRun: true, force });
      logger.log(`${kubectl.where}: would take the ${objects.length} objects of ${project.name}.`);
      return true;
    }
    await makeNamespace(kubectl, objects);
    const facts = {
      project: project.name,
      environment,
      action: 'deploy' as const,
      by: await actor(kubectl),
      commit: await commitOf(context.root),
    };
    const { number, images } = await whileInterruptible((interrupted) =>
      carryOut(kubectl, {
        owner,
        facts,
        choose: () => ({ objects, to: null }),
        force,
        timeoutMs: (options.timeout ?? 300) * 1000,
        keep: options.keep ?? 10,
        log: (line) => logger.log(line),
        interrupted,
      }),
    );
    logger.log(`${kubectl.where}: deployment ${number} of ${project.name} runs: ${images.join(', ')}`);
    return true;
  }, context.root);
}

/** The namespace that is deployed itself has to be there before what lies in it, records included. */
async function makeNamespace(kubectl: Kubectl, objects: readonly KubernetesObject[]): Promise<void> {
  const namespace = objects.find(
    ({ kind, metadata }) => kind === 'Namespace' && metadata.name === kubectl.namespace,
  );
  if (namespace && (await present(kubectl, [refOf(namespace)])).length === 0)
    await kubectl.apply([namespace]);
}
