import type { TargetNames } from '../../service/resolve-plugin-options';
import { metadata, type TargetConfiguration } from './target-configuration';

/** The target that audits and scans an image. Never cached: a scan that passes today can fail tomorrow, with the same image. */
export function scanTargets(
  names: TargetNames,
  engine: 'docker' | 'podman',
): Record<string, TargetConfiguration> {
  return {
    [names['docker-scan']]: {
      executor: 'toolbox:scan',
      ...(engine === 'docker' ? {} : { options: { engine } }),
      continuous: false,
      dependsOn: [names['docker-build']],
      metadata: metadata(
        names['docker-scan'],
        'Audits the image (users, secrets, leftovers) and scans it for known vulnerabilities',
        { options: { severity: 'critical' }, args: ['--scanner=none'] },
      ),
    },
  };
}
