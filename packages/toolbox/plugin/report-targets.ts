import type { TargetNames } from '../../service/resolve-plugin-options';
import type { Input } from './build-inputs';
import { budgetInputs, metadata, type TargetConfiguration } from './target-configuration';

const outputs = ['{workspaceRoot}/dist/reports/{projectName}/report'];

/** Files on disk that the page shows where they are there. They may be ignored by git, so Nx has to look for them itself. */
const shownWhereThere: readonly Input[] = [
  { fileset: '{workspaceRoot}/dist/reports/{projectName}/scan.json', includeIgnored: true },
  { fileset: '{projectRoot}/report-baseline.json', includeIgnored: true },
];

/** The target that writes a page about an image. Cached: image.json stands for the image, and all else that the page shows is an input. */
export function reportTargets(names: TargetNames, inferredBy: string): Record<string, TargetConfiguration> {
  return {
    [names['docker-report']]: {
      executor: 'toolbox:report',
      options: { inferredBy },
      cache: true,
      continuous: false,
      dependsOn: [names['docker-build'], names['docker-sbom']],
      inputs: [
        ...budgetInputs,
        // Says which layers are the base image's.
        '{projectRoot}/Dockerfile',
        { dependentTasksOutputFiles: '**/{image.json,sbom.cdx.json}', transitive: false },
        ...shownWhereThere,
        { externalDependencies: [] },
      ],
      outputs,
      metadata: metadata(
        names['docker-report'],
        'Writes one HTML page about the image: treemap, waste, findings, packages, budget',
        { options: { budget: '180MB' } },
      ),
    },
  };
}

/** The target that writes a page about all images together. */
export function stackReportTargets(names: TargetNames, version: string): Record<string, TargetConfiguration> {
  return {
    [names['docker-report']]: {
      executor: 'toolbox:stack-report',
      options: { inferredBy: version },
      cache: true,
      continuous: false,
      // A project without one of them is passed over.
      dependsOn: [
        { target: names['docker-build'], projects: ['*'] },
        { target: names['docker-report'], projects: ['*'] },
      ],
      inputs: [
        ...budgetInputs,
        { dependentTasksOutputFiles: '**/{image,summary}.json', transitive: false },
        { externalDependencies: [] },
      ],
      outputs,
      metadata: metadata(
        names['docker-report'],
        'Writes one HTML page about all images: sizes, budgets, shared layers, findings',
        { options: { budget: '500MB' } },
      ),
    },
  };
}
