import type { TargetNames } from '../../service/resolve-plugin-options';
import type { Input } from './build-inputs';
import { metadata, type TargetConfiguration } from './target-configuration';

/** Manifests of a service may refer to what all share; the stack's check reads everybody's. */
const inputsOf = (manifests: readonly string[]): readonly Input[] => [
  ...manifests,
  '{projectRoot}/k8s-ignore.yaml',
  '{workspaceRoot}/infrastructure/security/k8s-ignore.yaml',
  // Another version of kubectl may render an overlay in another way.
  { runtime: 'kubectl version --client 2>&1 || true' },
  { externalDependencies: [] },
];

/** The target that checks Kubernetes manifests offline. Cached: it asks no cluster. */
export function k8sTargets(
  names: TargetNames,
  version: string,
  scope: 'service' | 'stack',
): Readonly<Record<string, TargetConfiguration>> {
  return {
    [names['k8s-validate']]: {
      executor: 'toolbox:k8s-validate',
      options: { inferredBy: version },
      cache: true,
      continuous: false,
      inputs: inputsOf(
        scope === 'stack'
          ? ['{workspaceRoot}/**/k8s/**/*']
          : ['{projectRoot}/k8s/**/*', '{workspaceRoot}/infrastructure/k8s/**/*'],
      ),
      outputs: [
        '{workspaceRoot}/dist/reports/{projectName}/k8s.json',
        '{workspaceRoot}/dist/reports/{projectName}/k8s.sarif',
      ],
      metadata: metadata(
        names['k8s-validate'],
        'Checks the Kubernetes manifests offline, against schemas and policies',
        { options: { kubernetesVersion: '1.34' } },
      ),
    },
  };
}
