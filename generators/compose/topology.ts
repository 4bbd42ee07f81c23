import { edgesOf, publishedOf, startOrder, type Edge } from '../../packages/service/edges';
import { networksOf, type Network } from '../../packages/service/networks';
import type { Service } from '../../packages/service/types';
import { runtimeOf } from '../../packages/workspace/runtime-of';
import type { ComposeService } from './compose-file';

/** Who reaches whom, in Compose's terms. */
export interface Topology {
  readonly edges: readonly Edge[];
  readonly networks: readonly Network[];
  /** Services that publish a port. */
  readonly published: readonly Service[];
  dependsOn(container: string): ComposeService['depends_on'];
  networksOf(container: string): readonly string[];
}

export function topologyOf(services: readonly Service[]): Topology {
  const edges = edgesOf(services, isProxy);
  const published = publishedOf(services, isProxy);
  const networks = networksOf(services, edges, published);
  const order = startOrder(edges);
  return {
    edges,
    networks,
    published,
    dependsOn(container) {
      const before = order.get(container) ?? [];
      if (before.length === 0) return undefined;
      return Object.fromEntries(before.map((name) => [name, { condition: 'service_healthy' as const }]));
    },
    networksOf: (container) =>
      networks.filter(({ members }) => members.includes(container)).map(({ name }) => name),
  };
}

function isProxy({ runtime, root }: Service): boolean {
  return runtimeOf(runtime, `${root}/toolbox.yaml`).defaults.proxiesExposed ?? false;
}
