import type { TargetNames } from '../../service/resolve-plugin-options';
import { metadata, type TargetConfiguration } from './target-configuration';

/** The target that compares the running stack with its descriptions. Never cached: what runs is not known here. */
export function verifyTargets(names: TargetNames): Record<string, TargetConfiguration> {
  return {
    [names.verify]: {
      executor: 'toolbox:verify',
      continuous: false,
      // The records of the images hold their sizes. A project without that target is passed over.
      dependsOn: [{ target: names['docker-build'], projects: ['*'] }],
      metadata: metadata(
        names.verify,
        'Compares the running stack with its descriptions, and writes a report as JSON, JUnit and HTML',
        { options: { env: 'dev' }, args: ['--only=health,isolated'] },
      ),
    },
  };
}
