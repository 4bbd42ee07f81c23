import type { TargetNames } from '../../service/resolve-plugin-options';
import { metadata, type TargetConfiguration } from './target-configuration';

/** For `nx affected -t deploy --configuration=staging`. An environment of another name is `--env`, or a configuration of the user's own. */
const configurations = { staging: { env: 'staging' }, production: { env: 'production' } };

/** Targets that change a cluster or look at it. Never cached: what a cluster runs is not known here. */
export function deployTargets(
  names: TargetNames,
  scope: 'service' | 'stack',
): Readonly<Record<string, TargetConfiguration>> {
  const example = { options: { env: 'staging', context: 'staging-cluster' } };
  return {
    [names.deploy]: {
      executor: 'toolbox:deploy',
      configurations,
      continuous: false,
      dependsOn: [names['k8s-validate'], ...(scope === 'service' ? [names['docker-push']] : [])],
      metadata: metadata(
        names.deploy,
        'Deploys to Kubernetes, waits until all is ready, and rolls back by itself what is not',
        example,
      ),
    },
    [names.rollback]: {
      executor: 'toolbox:rollback',
      configurations,
      continuous: false,
      metadata: metadata(names.rollback, 'Brings back an earlier deployment on Kubernetes', example),
    },
    [names['k8s-diff']]: {
      executor: 'toolbox:k8s-diff',
      configurations,
      continuous: false,
      metadata: metadata(
        names['k8s-diff'],
        'Shows what a deployment would change and remove; fails where that is anything',
        example,
      ),
    },
    [names['k8s-status']]: {
      executor: 'toolbox:k8s-status',
      configurations,
      continuous: false,
      metadata: metadata(names['k8s-status'], 'Shows what is deployed, and why pods are not ready', example),
    },
  };
}
