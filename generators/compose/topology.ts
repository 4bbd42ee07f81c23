import { startOrder } from '../../packages/service/edges';
import type { Service } from '../../packages/service/types';
import { topologyOf, type Topology } from '../../packages/workspace/topology';
import type { ComposeService } from './compose-file';

/** Who reaches whom, in Compose's terms. */
export interface ComposeTopology extends Topology {
  dependsOn(container: string): ComposeService['depends_on'];
}

export function composeTopologyOf(services: readonly Service[]): ComposeTopology {
  const topology = topologyOf(services);
  const order = startOrder(topology.edges);
  return {
    ...topology,
    dependsOn(container) {
      const before = order.get(container) ?? [];
      if (before.length === 0) return undefined;
      return Object.fromEntries(before.map((name) => [name, { condition: 'service_healthy' as const }]));
    },
  };
}
