import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { contextSources } from '../../packages/dockerfiles/context-sources';
import { TargetError } from '../mistakes';
import type { BuildPlan } from './plan';

/**
 * Does everything exist that the Dockerfile takes from the build context? BuildKit would say so too, but not which target makes it.
 * @throws TargetError at the first that is missing
 */
export function checkSources(plan: BuildPlan): void {
  const { project, service, workspaceRoot, request } = plan;
  if (request.dryRun) return;
  for (const { path, line } of contextSources(plan.dockerfile)) {
    if (/[*?[\]\\]/.test(path)) continue;
    const file = posix.join(plan.context, path);
    if (existsSync(join(workspaceRoot, file))) continue;
    throw new TargetError(`${request.dockerfileName}:${line}: ${file} does not exist. ${remedy(file, plan)}`);
  }
  if (!service?.build.target) return;
  const main = posix.join(service.build.output, service.build.main);
  if (existsSync(join(workspaceRoot, main))) return;
  const description = posix.join(project.root, 'toolbox.yaml');
  throw new TargetError(
    `${main}: does not exist. Run nx ${service.build.target} ${project.name}, or correct build.output and build.main in ${description}.`,
  );
}

function remedy(file: string, { project, service }: BuildPlan): string {
  if (file.startsWith('dist/deps/'))
    return `Run nx docker-deps ${project.name}, or nx docker-build ${project.name}, which does.`;
  const built =
    service?.build.target && (file === service.build.output || file.startsWith(`${service.build.output}/`));
  if (built)
    return `Run nx ${service.build.target} ${project.name}, or nx docker-build ${project.name}, which does.`;
  if (file.startsWith('dist/')) return `Run nx build ${project.name}.`;
  return 'Correct the path, or choose the build context with --context.';
}
