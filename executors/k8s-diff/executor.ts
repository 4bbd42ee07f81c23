import { logger, type ExecutorContext } from '@nx/devkit';
import { removable } from '../../packages/cluster/bring';
import { labelOf, refOf } from '../../packages/cluster/objects';
import { obsoleteOf, readRecords } from '../../packages/cluster/records';
import { renderTarget } from '../cluster-target';
import { failInOneLine } from '../mistakes';
import { withPushedImage } from '../pushed-image';
import type { K8SDiffExecutorSchema } from './schema.gen';

/** Shows what a deployment would change. Fails where that is anything, as `diff` does. Never cached: the cluster is asked. */
export default function k8sDiff(
  options: K8SDiffExecutorSchema,
  context: ExecutorContext,
): Promise<{ success: boolean }> {
  return failInOneLine(async () => {
    const target = await renderTarget(options, context);
    const { kubectl, project, environment, owner } = target;
    const objects = withPushedImage(target, options.image, context);
    const changes = await kubectl.diff(objects, { force: options.forceConflicts ?? false });
    const kept = await readRecords(kubectl, owner);
    const doomed = await removable(kubectl, obsoleteOf(kept, objects), owner);
    if (changes !== '') logger.log(changes.trimEnd());
    for (const object of doomed) logger.log(`${labelOf(refOf(object))}: would be removed`);
    const isSame = changes === '' && doomed.length === 0;
    logger.log(
      `${kubectl.where}: ${project.name}: a deployment to ${environment} would ${isSame ? 'change nothing' : 'change this'}.`,
    );
    return isSame;
  }, context.root);
}
