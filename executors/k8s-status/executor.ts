import { logger, type ExecutorContext } from '@nx/devkit';
import { reasonsOf, troubledPods } from '../../packages/cluster/pod-reasons';
import { lastGood, readRecords } from '../../packages/cluster/records';
import { judgeRollout } from '../../packages/cluster/rollout';
import { readWorkloads } from '../../packages/cluster/workloads';
import { openClusterTarget } from '../cluster-target';
import { failInOneLine, TargetError } from '../mistakes';
import { formatRecords } from './report';
import type { K8SStatusExecutorSchema } from './schema.gen';

/** Shows what was deployed, and how its pods fare. Fails where they are not all ready. Never cached: the cluster is asked. */
export default function k8sStatus(
  options: K8SStatusExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(async () => {
    const { kubectl, project, environment, owner } = await openClusterTarget(options, context);
    const kept = await readRecords(kubectl, owner);
    const shown = lastGood(kept) ?? kept.at(-1);
    if (!shown)
      throw new TargetError(
        `${kubectl.where}: ${project.name} was never deployed to ${environment}. Deploy it: nx deploy ${project.name} --env=${environment}`,
      );
    logger.log(formatRecords(kept.map(({ record }) => record)));
    let isReady = true;
    const { workloads, missing } = await readWorkloads(kubectl, shown.objects);
    for (const name of missing) logger.log(`${name}: is not there`);
    for (const workload of workloads) {
      const { state, progress } = judgeRollout(workload);
      logger.log(progress);
      if (state === 'done') continue;
      isReady = false;
      for (const reason of await reasonsOf(kubectl, workload, await troubledPods(kubectl, workload)))
        logger.log(reason);
    }
    return isReady && missing.length === 0;
  }, context.root);
}
