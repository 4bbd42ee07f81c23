import type { Edge } from '../../packages/service/edges';
import type { Stack } from '../../packages/service/types';
import { labelsOf, selectorOf, type KubernetesObject } from './kubernetes-object';

/** Who may reach a container besides its edges: everybody, or the namespace of what takes connections from outside. */
export type Entry = 'anywhere' | 'entry-namespace' | null;

/** Ways that no description's edge is. */
export interface Ways {
  readonly entry: Entry;
  /** Ports that are open to it. */
  readonly entryPorts: readonly number[];
  /** Ports of public addresses that it reaches. */
  readonly outside: readonly number[];
}

/** Not public: what the cluster itself and the networks around it use (RFC 1918, RFC 6598), and link-local addresses with the cloud's metadata. */
const notPublic = ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'];

export interface Reach {
  readonly edges: readonly Edge[];
  /** Port by container. */
  readonly ports: ReadonlyMap<string, number>;
  readonly stack: Stack;
}

/** What one container may be reached by, and what it may reach: the declared edges, nothing else. Null where it has none. */
export function networkPolicyOf(
  name: string,
  { edges, ports, stack }: Reach,
  { entry, entryPorts, outside }: Ways = { entry: null, entryPorts: [], outside: [] },
): KubernetesObject | null {
  const tcp = (port: number) => ({ protocol: 'TCP', port });
  const callers = edges.filter(({ to }) => to === name).map(({ from }) => from);
  const ingress = [
    ...(callers.length === 0
      ? []
      : [{ from: unique(callers).map((from) => peerOf(from, stack)), ports: [tcp(ports.get(name)!)] }]),
    ...(entry === null
      ? []
      : [{ ...(entry === 'anywhere' ? {} : { from: [entryPeer(stack)] }), ports: entryPorts.map(tcp) }]),
  ];
  const egress = [
    ...unique(edges.filter(({ from }) => from === name).map(({ to }) => to)).map((to) => ({
      to: [peerOf(to, stack)],
      ports: [tcp(ports.get(to)!)],
    })),
    ...(outside.length === 0
      ? []
      : [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: notPublic } }], ports: outside.map(tcp) }]),
  ];
  if (ingress.length === 0 && egress.length === 0) return null;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, labels: labelsOf(name, stack) },
    spec: {
      podSelector: { matchLabels: selectorOf(name, stack) },
      policyTypes: ['Ingress', 'Egress'],
      ...(ingress.length === 0 ? {} : { ingress }),
      ...(egress.length === 0 ? {} : { egress }),
    },
  };
}

function peerOf(name: string, stack: Stack): object {
  return { podSelector: { matchLabels: selectorOf(name, stack) } };
}

function entryPeer({ kubernetes }: Stack): object {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': kubernetes?.entryNamespace } },
  };
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
