import type { ProjectContainer } from '../../packages/engines/docker/project-containers';
import { backingOf } from '../../packages/service/backing';
import { containersOf, type Edge } from '../../packages/service/edges';
import type { Service, Stack } from '../../packages/service/types';
import { topologyOf } from '../../packages/workspace/topology';
import type { Listener } from './connections';
import type { ExpectedContainer } from './containers';

/** The stack as its descriptions want it, for one environment. */
export interface ExpectedStack {
  readonly containers: readonly ExpectedContainer[];
  readonly edges: readonly Edge[];
  /** Ports by the name of the container that listens on it. */
  readonly ports: Readonly<Record<string, number>>;
}

export const stackFile = 'infrastructure/toolbox.yaml';

/** What the descriptions say, in the terms of the checks. Pure. */
export function expectedStack(
  stack: Stack,
  services: readonly Service[],
  environment: string,
): ExpectedStack {
  const { edges, published, networksOf } = topologyOf(services);
  const backing = backingOf(stack, services, environment);
  return {
    edges,
    containers: [
      ...services.flatMap((service) =>
        containersOf(service).map(({ name }) => ({
          name,
          description: `${service.root}/toolbox.yaml`,
          user: `${service.uid}:${service.gid}`,
          networks: networksOf(name),
          published: published.includes(service) && name === service.slug,
        })),
      ),
      ...backing.map(({ name }) => ({
        name,
        description: stackFile,
        user: null,
        networks: networksOf(name),
        published: false,
      })),
    ],
    ports: Object.fromEntries([
      ...services.map(({ slug, port }) => [slug, port]),
      ...backing.map(({ name, port }) => [name, port]),
    ]),
  };
}

/** Running containers that take connections, with their addresses. */
export function listenersOf(
  { ports }: Pick<ExpectedStack, 'ports'>,
  containers: readonly ProjectContainer[],
): readonly Listener[] {
  return Object.entries(ports).flatMap(([name, port]) => {
    const running = containers.filter(({ service, status }) => service === name && status === 'running');
    if (running.length === 0) return [];
    const addresses = running.flatMap(({ networks }) => networks.map(({ address }) => address));
    return [{ name, port, addresses: addresses.filter((address) => address !== '').sort() }];
  });
}
