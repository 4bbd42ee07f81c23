import type { TargetNames } from '../../service/resolve-plugin-options';
import { metadata, type TargetConfiguration } from './target-configuration';

/** Targets of the stack with Compose. Only the check is cached: whether containers run is for the engine to say. */
export function composeTargets(
  names: TargetNames,
  version: string,
): Readonly<Record<string, TargetConfiguration>> {
  const started = { options: { env: 'staging' } };
  return {
    [names['compose-up']]: {
      executor: 'toolbox:compose-up',
      continuous: false,
      // A project without that target is passed over.
      dependsOn: [{ target: names['docker-load'], projects: ['*'] }],
      metadata: metadata(
        names['compose-up'],
        'Starts the stack with Compose and waits until it is healthy',
        started,
      ),
    },
    [names['compose-down']]: {
      executor: 'toolbox:compose-down',
      continuous: false,
      metadata: metadata(names['compose-down'], 'Stops the stack; its data is kept', {
        options: { volumes: true },
      }),
    },
    [names['compose-logs']]: {
      executor: 'toolbox:compose-logs',
      continuous: false,
      metadata: metadata(names['compose-logs'], 'Shows what the containers of the stack wrote', {
        options: { service: 'api' },
      }),
    },
    [names['compose-validate']]: {
      executor: 'toolbox:compose-validate',
      options: { inferredBy: version },
      cache: true,
      continuous: false,
      inputs: [
        '{projectRoot}/docker/compose/**/*',
        '{workspaceRoot}/**/toolbox.yaml',
        '{workspaceRoot}/nx.json',
        '{workspaceRoot}/package.json',
        { externalDependencies: [] },
      ],
      outputs: [],
      metadata: metadata(names['compose-validate'], 'Checks every combination of the Compose files', {
        options: {},
      }),
    },
  };
}
