import { insidePathProblem, normaliseInsidePath } from './paths';
import type { ServiceDescription } from './service.gen';
import type { ProjectFacts, RuntimeDefaults, ServiceBuild } from './types';

/**
 * How the app is built: what the description says, else what was detected, else what the runtime does, else the defaults of Nx's own
 * generators.
 */
export function resolveBuild(
  described: NonNullable<ServiceDescription['build']>,
  facts: ProjectFacts,
  { build: usual = {} }: Pick<RuntimeDefaults, 'build'>,
  report: (key: string, message: string) => void,
): ServiceBuild {
  const found: Partial<ServiceBuild> = { ...usual, ...facts.detected?.build };
  const target = described.target === undefined ? found.target : described.target;
  // Without a build, the project's own files are what is copied.
  const usualOutput = target === null ? facts.root : `dist/${facts.root === '.' ? '' : facts.root}`;
  const output = described.output ?? found.output ?? usualOutput;
  const main = described.main ?? found.main ?? 'main.js';
  const dependencies = described.dependencies ?? found.dependencies ?? 'bundled';
  const lockfile = described.lockfile ?? found.lockfile ?? null;
  const problems = [
    described.output === undefined && ['build.output', insidePathProblem(output, 'the workspace')],
    described.main === undefined && ['build.main', insidePathProblem(main, 'build.output')],
    lockfile !== null && ['build.lockfile', insidePathProblem(lockfile, 'the workspace')],
  ];
  for (const problem of problems) if (problem && problem[1]) report(problem[0]!, problem[1]);
  return {
    target: target === undefined ? 'build' : target,
    output: normaliseInsidePath(output),
    main: normaliseInsidePath(main),
    dependencies,
    lockfile: lockfile === null ? null : normaliseInsidePath(lockfile),
    packageManager: found.packageManager ?? 'npm',
  };
}
