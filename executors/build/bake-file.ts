import { join, posix, relative } from 'node:path';
import { writeWhole } from '../write-whole';
import type { BuildPlan } from './plan';

/** Beside `image.json`. */
const file = 'docker-bake.json';

/**
 * Writes the build as a target of `docker buildx bake`, for those who build without Nx. It depends on the task's inputs only, as an output of the task
 * must: build secrets, which lie elsewhere on each machine, are left out, and paths are relative to the workspace root, where bake is to be started.
 */
export function writeBakeFile(plan: BuildPlan): void {
  writeWhole(join(plan.folder, file), `${JSON.stringify(bakeFile(plan), null, 2)}\n`);
}

/** @returns the file's content, in the terms of https://docs.docker.com/build/bake/reference/ */
export function bakeFile({ workspaceRoot, project, context, tags, request }: BuildPlan): object {
  // Bake takes no other characters; `default` would be the group.
  const name = project.name.replace(/[^\w-]/g, '_');
  const { buildArgs, labels, target, platforms, cacheFrom, cacheTo } = request;
  const given = <T extends object>(value: T) => (Object.keys(value).length === 0 ? undefined : value);
  return {
    group: { default: { targets: [name] } },
    target: {
      [name]: {
        context,
        // Seen from the context.
        dockerfile: posix.join(
          relative(request.context, workspaceRoot).replaceAll('\\', '/') || '.',
          request.dockerfileName,
        ),
        args: { SOURCE_DATE_EPOCH: String(request.sourceDateEpoch), ...escaped(buildArgs) },
        labels: given(escaped(labels)),
        target,
        platforms: given(platforms),
        tags,
        'cache-from': given(cacheFrom),
        'cache-to': given(cacheTo),
      },
    },
  };
}

/** `${` would be a variable of the bake file. */
function escaped(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value.replaceAll('${', () => '$${').replaceAll('%{', '%%{'),
    ]),
  );
}
