import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import type { RunRequest } from '../../packages/engines/engine';
import type { ImageRecord } from '../../packages/images/image-record';
import type { Layout } from '../../packages/images/layout';
import { quantityValue } from '../../packages/service/quantity';
import { suggest } from '../../packages/service/choices';
import { slugOf } from '../../packages/service/slug';
import type { Service, ServiceRole } from '../../packages/service/types';
import { secretsFolder } from '../../packages/service/wire';
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
  const role = roleOf(options.role, service, project);
  const usualName = service?.slug ?? slugOf(project.name);
  return {
    image: record.digest,
    name: checkName(options.name ?? (options.role ? `${usualName}-${options.role}` : usualName)),
    user: service ? `${service.uid}:${service.gid}` : config.user,
    publish:
      containerPort === null
        ? []
        : [
            {
              host: options.host ?? '127.0.0.1',
              // The other roles listen on the same port; the engine finds them a free one of the host's.
              hostPort: options.port ?? (role && role !== service?.roles[0] ? 0 : containerPort),
              containerPort,
            },
          ],
    tmpfs: [...(service?.writes ?? ['/tmp']), ...(role?.writes ?? [])],
    env: options.env ?? {},
    ...(role ? { command: role.command } : {}),
    files: secretFiles(options.secrets ?? {}, context.root),
    labels: { [projectLabel]: project.name, [digestLabel]: record.digest },
    memory: options.memory ?? (limits && String(Math.floor(quantityValue(limits.memory.limit)))),
    cpus: options.cpus ?? (limits && String(quantityValue(limits.cpu.limit))),
    network: options.network,
    dryRun: options.dryRun,
  };
}

function roleOf(name: string | undefined, service: Service | null, project: TaskProject): ServiceRole | null {
  const roles = service?.roles ?? [];
  if (name === undefined) return roles[0] ?? null;
  const found = roles.find((role) => role.name === name);
  if (found) return found;
  const names = roles.map((role) => role.name);
  throw new TargetError(
    `${project.name}: --role: ${names.length === 0 ? 'the service has no roles. Leave it out.' : `${name} is not a role. ${suggest(name, names)}`}`,
  );
}

/** Secrets by the path at which every container has them. */
function secretFiles(secrets: Readonly<Record<string, string>>, root: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(secrets).map(([name, path]) => {
      const file = resolve(root, path);
      if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
        throw new TargetError(`--secrets: ${JSON.stringify(name)} is not the name of a secret.`);
      if (!existsSync(file)) throw new TargetError(`--secrets.${name}: ${path} does not exist.`);
      return [`${secretsFolder}/${name}`, file];
    }),
  );
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
