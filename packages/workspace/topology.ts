import { edgesOf, publishedOf, type Edge } from '../service/edges';
import { networksOf, type Network } from '../service/networks';
import type { Service } from '../service/types';
import { defaultsOf } from './runtime-of';

/** Who reaches whom, and over which networks. */
export interface Topology {
  readonly edges: readonly Edge[];
  readonly networks: readonly Network[];
  /** Services that publish a port. */
  readonly published: readonly Service[];
  /** Names of the networks that a container is on. */
  networksOf(container: string): readonly string[];
}

/** @param services wired */
export function topologyOf(services: readonly Service[]): Topology {
  const isProxy = (service: Service) => defaultsOf(service).proxiesExposed ?? false;
  const edges = edgesOf(services, isProxy);
  const published = publishedOf(services, isProxy);
  const networks = networksOf(services, edges, published);
  return {
    edges,
    networks,
    published,
    networksOf: (container) =>
      networks.filter(({ members }) => members.includes(container)).map(({ name }) => name),
  };
}
