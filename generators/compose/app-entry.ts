import { containersOf, type ServiceContainer } from '../../packages/service/edges';
import type { Service } from '../../packages/service/types';
import type { ComposeService } from './compose-file';
import { hardened, limits, tmpfs } from './hardening';
import type { ComposeTopology } from './topology';

/** The entries of a service, one for each of its containers, as every environment has them. */
export function appEntries(
  service: Service,
  topology: ComposeTopology,
  tag: string,
): Readonly<Record<string, ComposeService>> {
  const entries = containersOf(service).map((container) => [
    container.name,
    appEntry(service, container, topology, tag),
  ]);
  return Object.fromEntries(entries) as Record<string, ComposeService>;
}

function appEntry(
  service: Service,
  { name, role }: ServiceContainer,
  topology: ComposeTopology,
  tag: string,
): ComposeService {
  const { uid, gid, health } = service;
  const writes = [...new Set([...service.writes, ...(role?.writes ?? [])])].sort();
  return {
    ...hardened,
    image: `${service.image.repository}:${tag}`,
    // Built here, never taken from a registry where anybody could have this name.
    pull_policy: 'never',
    depends_on: topology.dependsOn(name),
    ...(service.secrets.length === 0 ? {} : { secrets: service.secrets }),
    ...(Object.keys(service.settings).length === 0 ? {} : { environment: service.settings }),
    networks: topology.networksOf(name),
    ...(role ? { command: role.command } : {}),
    // What is asked stands in the image.
    healthcheck: { interval: '10s', timeout: '3s', retries: 3, start_period: `${health.startSeconds}s` },
    user: `${uid}:${gid}`,
    ...(writes.length === 0 ? {} : { tmpfs: tmpfs(writes, uid, gid) }),
    stop_grace_period: '30s',
    ...limits(service.resources),
  };
}
