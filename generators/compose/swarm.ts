import type { PathComment } from '../../packages/files/serialise';
import { dataLabel, overlayName, secretVariable } from '../../packages/service/compose-names';
import { containersOf } from '../../packages/service/edges';
import { quantityValue } from '../../packages/service/quantity';
import type { Service } from '../../packages/service/types';
import type { ComposeFile, ComposeService } from './compose-file';
import type { SwarmFile, SwarmPort, SwarmService, TmpfsMount } from './swarm-file';

/** Time that a new task is looked at after it became healthy: one that fails in it counts as a failed update. */
const monitor = '20s';

/** Time between two tasks: longer than the proxy goes on with the addresses that it knows, see packages/runtimes/nginx. */
const delay = '10s';

/** Where a server keeps what its processes share; its size is `shm_size` elsewhere. */
const sharedMemory = '/dev/shm';

/** The stack on a Swarm in one environment: what Compose has in its file and its overlay, in the terms of `docker stack deploy`. Pure. */
export function swarmOf(
  base: ComposeFile,
  overlay: ComposeFile,
  services: readonly Service[],
  { stack, environment }: { readonly stack: string; readonly environment: string },
): SwarmFile {
  const name = `${stack}-${overlayName(environment)}`;
  const scales = scalesOf(services);
  const secrets = { ...base.secrets, ...overlay.secrets };
  return {
    services: Object.fromEntries(
      Object.entries(base.services).map(([container, entry]) => [
        container,
        swarmService(merged(entry, overlay.services[container] ?? {}), scales.get(container) ?? null, name),
      ]),
    ),
    networks: Object.fromEntries(
      Object.entries(base.networks ?? {}).map(([network, { internal }]) => [
        network,
        { driver: 'overlay' as const, ...(internal ? { internal: true as const } : {}) },
      ]),
    ),
    ...(base.volumes ? { volumes: base.volumes } : {}),
    ...(Object.keys(secrets).length === 0
      ? {}
      : { secrets: Object.fromEntries(Object.keys(secrets).map((secret) => [secret, versioned(secret)])) }),
  };
}

/** Why it is as it is: said once, at the first entry that has it. */
export function swarmComments({ services, networks, secrets }: SwarmFile): readonly PathComment[] {
  const [first] = Object.keys(services);
  const stateful = Object.keys(services).find((name) => services[name]!.deploy.placement.constraints);
  const mounting = Object.keys(services).find((name) =>
    services[name]!.volumes?.some((volume) => typeof volume !== 'string'),
  );
  const [network] = Object.keys(networks);
  const [secret] = Object.keys(secrets ?? {});
  return [
    ...(first === undefined
      ? []
      : [
          {
            path: ['services', first, 'deploy', 'update_config'],
            comment:
              'The new one is healthy before an old one is stopped; one that fails puts the service back to what it was.',
          },
        ]),
    ...(mounting === undefined
      ? []
      : [
          {
            path: ['services', mounting, 'volumes'],
            comment: 'Folders in memory: noexec, nosuid and nodev.',
          },
        ]),
    ...(stateful === undefined
      ? []
      : [
          {
            path: ['services', stateful, 'deploy', 'placement'],
            comment:
              'The data lies on one node, which has this label. Never two servers at once on the same data: stop-first.',
          },
        ]),
    ...(network === undefined
      ? []
      : [
          {
            path: ['networks', network],
            comment: 'One network for each declared edge: what shares none cannot connect.',
          },
        ]),
    ...(secret === undefined
      ? []
      : [
          {
            path: ['secrets', secret],
            comment:
              'A secret of a Swarm never changes: swarm-deploy makes one for each content, and names it here.',
          },
        ]),
  ];
}

/** How many of a container there are; of a role that may run once, never two at a time. */
interface Scale {
  readonly replicas: number;
  readonly single: boolean;
}

function scalesOf(services: readonly Service[]): ReadonlyMap<string, Scale> {
  return new Map(
    services.flatMap((service) =>
      containersOf(service).map(({ name, role }): [string, Scale] => {
        const single = role?.single ?? false;
        return [name, { single, replicas: single ? 1 : service.scale.min }];
      }),
    ),
  );
}

function merged(entry: ComposeService, overlay: ComposeService): ComposeService {
  return {
    ...entry,
    ...overlay,
    environment: { ...entry.environment, ...overlay.environment },
    secrets: [...new Set([...(entry.secrets ?? []), ...(overlay.secrets ?? [])])].sort(),
    networks: entry.networks,
  };
}

/** @param scale null for a server with data */
function swarmService(entry: ComposeService, scale: Scale | null, stack: string): SwarmService {
  const { image, command, environment = {}, secrets = [], networks, user, healthcheck, logging } = entry;
  const { read_only, cap_drop, stop_grace_period } = entry;
  const volumes = [...(entry.volumes ?? []), ...(entry.tmpfs ?? []).map(mountOf), ...shared(entry.shm_size)];
  const order = scale === null || scale.single ? ('stop-first' as const) : ('start-first' as const);
  return {
    ...{ image: imageOf(image), command },
    ...(volumes.length === 0 ? {} : { volumes }),
    ...(secrets.length === 0 ? {} : { secrets }),
    ...(Object.keys(environment).length === 0 ? {} : { environment }),
    ...(entry.ports ? { ports: entry.ports.map(portOf) } : {}),
    ...{ networks, healthcheck, logging, user, cap_drop, read_only, stop_grace_period },
    deploy: {
      replicas: scale?.replicas ?? 1,
      placement:
        scale === null
          ? { constraints: [`node.labels.${dataLabel} == ${stack}`] }
          : // Nodes without the label count as one zone.
            { preferences: [{ spread: 'node.labels.zone' }] },
      update_config: { parallelism: 1, delay, order, failure_action: 'rollback', monitor },
      rollback_config: { parallelism: 1, delay, order, monitor },
      restart_policy: { condition: 'any', delay: '5s' },
      resources: entry.deploy!.resources,
    },
  };
}

/** `/tmp:rw,…,size=64m,uid=…` of Compose. */
function mountOf(tmpfs: string): TmpfsMount {
  const [target = '', options = ''] = tmpfs.split(':');
  const size = /(?:^|,)size=(\d+)m(?:,|$)/.exec(options)?.[1];
  return { type: 'tmpfs', target, tmpfs: { size: Number(size) * 2 ** 20 } };
}

function shared(size: string | undefined): readonly TmpfsMount[] {
  if (size === undefined) return [];
  return [{ type: 'tmpfs', target: sharedMemory, tmpfs: { size: quantityValue(size.replace('M', 'Mi')) } }];
}

/** Every node takes connections and hands them on; an address of one machine has no meaning here. */
function portOf({ target, published }: { readonly target: number; readonly published: string }): SwarmPort {
  return { target, published, protocol: 'tcp', mode: 'ingress' };
}

function versioned(secret: string): { readonly external: true; readonly name: string } {
  return { external: true, name: variableOf(secretVariable(secret)) };
}

/** An image that a variable names. A reference of the catalogue stays as it is. */
function imageOf(image = ''): string {
  const [, variable] = /^\$\{(\w+):/.exec(image) ?? [];
  return variable === undefined ? image : variableOf(variable);
}

/** `docker stack` takes a hyphen anywhere between the braces for the start of a default: the text has none. */
function variableOf(name: string): string {
  return `\${${name}:?nx deploys this file and names it}`;
}
