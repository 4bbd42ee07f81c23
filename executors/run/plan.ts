import type { ExecutorContext } from '@nx/devkit';
import type { RunRequest } from '../../packages/engines/engine';
import type { ImageRecord } from '../../packages/images/image-record';
import type { Layout } from '../../packages/images/layout';
import { quantityValue } from '../../packages/service/quantity';
import { slugOf } from '../../packages/service/slug';
import { readServiceOnDisk } from '../../packages/workspace/service-on-disk';
import { TargetError } from '../mistakes';
import type { TaskProject } from '../project-image';
import type { RunExecutorSchema } from './schema.gen';

/** Label on every container that docker-run starts; its value is the Nx project. */
export const projectLabel = 'io.toolbox.project';
const digestLabel = 'io.toolbox.digest';

/** How to start a project's image. `image` is filled in once the engine has it. */
export function planRun(
  options: RunExecutorSchema,
  context: Pick<ExecutorContext, 'root' | 'nxJsonConfiguration'>,
  project: TaskProject,
  { record, layout }: { readonly record: ImageRecord; readonly layout: Layout },
): RunRequest {
  const service = readServiceOnDisk(context.root, project, context.nxJsonConfiguration);
  const config = imageConfig(layout);
  const containerPort = service?.port ?? config.port;
  if (containerPort === null && options.port !== undefined)
    throw new TargetError(
      `${project.name}: --port: the image exposes no port. Add EXPOSE to its Dockerfile.`,
    );
  const limits = service?.resources;
  return {
    image: record.digest,
    name: checkName(options.name ?? service?.slug ?? slugOf(project.name)),
    user: service ? `${service.uid}:${service.gid}` : config.user,
    publish:
      containerPort === null
        ? []
        : [{ host: options.host ?? '127.0.0.1', hostPort: options.port ?? containerPort, containerPort }],
    tmpfs: service?.writes ?? ['/tmp'],
    env: options.env ?? {},
    labels: { [projectLabel]: project.name, [digestLabel]: record.digest },
    memory: options.memory ?? (limits && String(Math.floor(quantityValue(limits.memory.limit)))),
    cpus: options.cpus ?? (limits && String(quantityValue(limits.cpu.limit))),
    network: options.network,
    dryRun: options.dryRun,
  };
}

/** What the image itself says, for a project without a description. */
function imageConfig({ images }: Layout): { port: number | null; user: string } {
  const config = images[0]?.config.config ?? {};
  const exposed = Object.keys((config['ExposedPorts'] as Record<string, unknown> | undefined) ?? {});
  const tcp = exposed.filter((port) => !port.endsWith('/udp')).map((port) => Number.parseInt(port, 10));
  return {
    port: tcp.sort((a, b) => a - b)[0] ?? null,
    user: typeof config['User'] === 'string' ? config['User'] : '',
  };
}

function checkName(name: string): string {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) return name;
  throw new TargetError(
    `--name: ${JSON.stringify(name)} is no container name. Use letters, digits, - _ and . only.`,
  );
}
