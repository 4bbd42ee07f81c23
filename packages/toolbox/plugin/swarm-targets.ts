import type { TargetNames } from '../../service/resolve-plugin-options';
import { metadata, type TargetConfiguration } from './target-configuration';

/** Targets of the stack on a Swarm. Never cached: what runs there is for the Swarm to say. */
export function swarmTargets(names: TargetNames): Readonly<Record<string, TargetConfiguration>> {
  return {
    [names['swarm-deploy']]: {
      executor: 'toolbox:swarm-deploy',
      continuous: false,
      // The nodes take the images from their registry. A project without that target is passed over.
      dependsOn: [{ target: names['docker-push'], projects: ['*'] }],
      metadata: metadata(
        names['swarm-deploy'],
        'Deploys the stack to a Swarm; one that fails goes back to what it was',
        { options: { env: 'staging' } },
      ),
    },
    [names['swarm-rollback']]: {
      executor: 'toolbox:swarm-rollback',
      continuous: false,
      metadata: metadata(
        names['swarm-rollback'],
        'Takes the stack on a Swarm back to the deployment before',
        {
          options: { env: 'staging' },
        },
      ),
    },
  };
}
