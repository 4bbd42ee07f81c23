import type { TargetNames } from '../../service/resolve-plugin-options';
import { metadata, type TargetConfiguration } from './target-configuration';

/** The target that pushes an image. Never cached: what a registry has is not known here. */
export function pushTargets(names: TargetNames): Record<string, TargetConfiguration> {
  return {
    [names['docker-push']]: {
      executor: 'toolbox:push',
      continuous: false,
      dependsOn: [names['docker-build']],
      metadata: metadata(
        names['docker-push'],
        'Pushes the image to its registry by digest, without an engine; version tags never move',
        { options: { dryRun: true }, args: ['--tag=1.2.3'] },
      ),
    },
  };
}
