import { insidePathProblem, normaliseInsidePath } from './paths';
import type { ServiceDescription } from './service.gen';
import type { ProjectFacts, ServiceBuild } from './types';

/** How the app is built: what the description says, else what was detected, else the defaults of Nx's own generators. */
export function resolveBuild(
  described: NonNullable<ServiceDescription['build']>,
  facts: ProjectFacts,
  report: (key: string, message: string) => void,
): ServiceBuild {
  const detected = facts.detected?.build ?? {};
  const output = described.output ?? detected.output ?? `dist/${facts.root === '.' ? '' : facts.root}`;
  const main = described.main ?? detected.main ?? 'main.js';
  // What the user wrote was checked with the rest of the description.
  const problems = [
    described.output === undefined && ['build.output', insidePathProblem(output, 'the workspace')],
    described.main === undefined && ['build.main', insidePathProblem(main, 'build.output')],
  ];
  for (const problem of problems) if (problem && problem[1]) report(problem[0]!, problem[1]);
  const target = described.target === undefined ? detected.target : described.target;
  return {
    target: target === undefined ? 'build' : target,
    output: normaliseInsidePath(output),
    main: normaliseInsidePath(main),
    dependencies: described.dependencies ?? detected.dependencies ?? 'bundled',
    packageManager: detected.packageManager ?? 'npm',
  };
}
