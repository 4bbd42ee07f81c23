import type { TargetNames } from '../../service/resolve-plugin-options';
import { metadata, type TargetConfiguration } from './target-configuration';

/** The targets that sign the pushed image, and verify that. Never cached: what a registry has is not known here. */
export function signTargets(names: TargetNames): Record<string, TargetConfiguration> {
  const example = { options: { key: 'cosign.key' } };
  return {
    [names['docker-sign']]: {
      executor: 'toolbox:sign',
      continuous: false,
      // What is signed is what was pushed, and what is attested of it was read from the same image.
      dependsOn: [names['docker-push'], names['docker-sbom']],
      metadata: metadata(
        names['docker-sign'],
        'Signs the pushed image with cosign, and attests where it came from and what is in it',
        example,
      ),
    },
    [names['docker-verify-signature']]: {
      executor: 'toolbox:sign',
      options: { check: true },
      continuous: false,
      dependsOn: [names['docker-build']],
      metadata: metadata(
        names['docker-verify-signature'],
        'Refuses the pushed image where its signature or what is attested of it is missing',
        { options: { publicKey: 'cosign.pub' } },
      ),
    },
  };
}
