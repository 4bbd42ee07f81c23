import type { TargetNames } from '../../service/resolve-plugin-options';
import { metadata, type TargetConfiguration } from './target-configuration';

/** The target that lists what is in an image. Cached: the same image gives the same bytes, and image.json stands for the image. */
export function sbomTargets(names: TargetNames, inferredBy: string): Record<string, TargetConfiguration> {
  const reports = '{workspaceRoot}/dist/reports/{projectName}';
  return {
    [names['docker-sbom']]: {
      executor: 'toolbox:sbom',
      options: { inferredBy },
      cache: true,
      continuous: false,
      dependsOn: [names['docker-build']],
      inputs: [
        { dependentTasksOutputFiles: '**/image.json', transitive: false },
        { externalDependencies: [] },
      ],
      outputs: [`${reports}/sbom.cdx.json`, `${reports}/sbom.spdx.json`],
      metadata: metadata(names['docker-sbom'], 'Lists the packages in the image as CycloneDX and SPDX', {
        options: { image: 'dist/images/api' },
      }),
    },
  };
}
