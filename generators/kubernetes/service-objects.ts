import { backingOf } from '../../packages/service/backing';
import { containersOf, type ServiceContainer } from '../../packages/service/edges';
import type { Exposure, Service, Stack } from '../../packages/service/types';
import { defaultsOf } from '../../packages/workspace/runtime-of';
import { topologyOf, type Topology } from '../../packages/workspace/topology';
import { deploymentOf, tlsPort } from './deployment';
import { labelsOf, selectorOf, type KubernetesObject } from './kubernetes-object';
import { networkPolicyOf, type Entry, type Reach } from './network-policies';
import { routeOf } from './route';

/** Everything that is computed once for all services of an environment. */
export interface Neighbours extends Reach {
  readonly services: readonly Service[];
  readonly topology: Topology;
  /** Null: what holds in all of them. */
  readonly environment: string | null;
}

const known = new WeakMap<readonly Service[], Neighbours>();

/** Of `services` as they are in an environment. */
export function neighboursOf(
  services: readonly Service[],
  stack: Stack,
  environment: string | null = null,
): Neighbours {
  const found = known.get(services);
  if (found?.stack === stack && found.environment === environment) return found;
  const topology = topologyOf(services);
  const ports = new Map([
    ...services.map(({ slug, port }) => [slug, port] as const),
    ...backingOf(stack, services).map(({ name, port }) => [name, port] as const),
  ]);
  const neighbours = { services, topology, edges: topology.edges, ports, stack, environment };
  known.set(services, neighbours);
  return neighbours;
}

/** Every object of a service as `neighbours`' environment has it. Pure. @throws DescriptionError for what Kubernetes cannot do */
export function serviceObjects(service: Service, neighbours: Neighbours): readonly KubernetesObject[] {
  const { stack, topology, environment } = neighbours;
  const { slug, proxy } = service;
  const settings = environment === null ? service.settings : { APP_ENV: environment, ...service.settings };
  const isPublished = topology.published.includes(service);
  const endsTls = isPublished && proxy.tls;
  const exposures = isPublished ? exposuresOf(service, neighbours) : [];
  const hasRoute = stack.kubernetes !== null && !endsTls && exposures.length > 0;
  const metadata = { name: slug, labels: labelsOf(slug, stack) };
  const entry: Entry = endsTls ? 'anywhere' : hasRoute ? 'entry-namespace' : null;
  const entryPorts = endsTls ? [service.port, tlsPort] : [service.port];
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: settings },
    ...containersOf(service).flatMap((container) => [
      deploymentOf(service, container, settings, stack),
      ...(container.role?.single ? [] : scalingOf(service, container, stack)),
      ...present(
        networkPolicyOf(container.name, neighbours, {
          // Only what answers under the service's own name is published.
          entry: container.name === slug ? entry : null,
          entryPorts,
          outside: service.outside,
        }),
      ),
    ]),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        ...(endsTls ? { type: 'LoadBalancer', externalTrafficPolicy: 'Local' } : { type: 'ClusterIP' }),
        selector: selectorOf(slug, stack),
        ports: endsTls
          ? [portOf('http', 80), portOf('https', 443)]
          : [portOf('http', service.port), ...(proxy.tls ? [portOf('https', tlsPort)] : [])],
      },
    },
    ...(hasRoute ? [routeOf(service, exposures, stack, stack.kubernetes)] : []),
  ];
}

/** A proxy has the addresses of all that is exposed, and sorts out the paths itself. */
function exposuresOf(service: Service, { services }: Neighbours): readonly Exposure[] {
  if (!defaultsOf(service).proxiesExposed) return service.expose ? [service.expose] : [];
  return services
    .flatMap(({ expose }) => (expose ? [{ ...expose, path: '/', stripPath: false }] : []))
    .filter(({ host }, at, all) => all.findIndex((one) => one.host === host) === at);
}

function scalingOf(
  { scale }: Service,
  { name }: ServiceContainer,
  stack: Stack,
): readonly KubernetesObject[] {
  const metadata = { name, labels: labelsOf(name, stack) };
  const metric = (resource: string, averageUtilization: number) => ({
    type: 'Resource',
    resource: { name: resource, target: { type: 'Utilization', averageUtilization } },
  });
  return [
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        minReplicas: scale.min,
        maxReplicas: scale.max,
        metrics: [metric('cpu', scale.cpu), metric('memory', scale.memory)],
      },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: {
        maxUnavailable: 1,
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
        selector: { matchLabels: selectorOf(name, stack) },
      },
    },
  ];
}

function portOf(name: string, port: number): object {
  return { name, port, targetPort: name, protocol: 'TCP' };
}

function present<T>(value: T | null): readonly T[] {
  return value === null ? [] : [value];
}
