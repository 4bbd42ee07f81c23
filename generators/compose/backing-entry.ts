import { imageReference } from '../../packages/images/catalogue';
import { serverOf } from '../../packages/service/backing-server';
import type { BackingService, Stack } from '../../packages/service/types';
import type { ComposeService } from './compose-file';
import { hardened, limits, tmpfs } from './hardening';
import type { ComposeTopology } from './topology';

/** The entry of a backing service, as every environment has it. `images` replace the catalogue's references. */
export function backingEntry(
  service: BackingService,
  stack: Stack,
  topology: ComposeTopology,
  images: Readonly<Record<string, string>>,
): ComposeService {
  const { data, writes, check, shared, environment, command } = serverOf(service, stack);
  return {
    ...hardened,
    ...(environment ? { environment } : {}),
    ...(command ? { command: command.map(literal) } : {}),
    ...(shared ? { shm_size: shared } : {}),
    image: imageReference(service.image, images),
    volumes: [`${service.name}-data:${data}`],
    secrets: [`${service.name}-password`],
    networks: topology.networksOf(service.name),
    healthcheck: {
      test: ['CMD-SHELL', literal(check)],
      interval: '10s',
      timeout: '5s',
      retries: 3,
      start_period: '60s',
    },
    user: `${service.uid}:${service.uid}`,
    tmpfs: tmpfs(writes, service.uid, service.uid),
    // Time for a last checkpoint.
    stop_grace_period: '60s',
    ...limits(service.resources),
  };
}

/** What differs in an environment: the limits, and what the server has to know of them. The image makes the file hold alone. */
export function backingOverlay(
  service: BackingService,
  common: BackingService,
  stack: Stack,
  images: Readonly<Record<string, string>>,
): ComposeService {
  const [command, before] = [service, common].map((one) => serverOf(one, stack).command?.map(literal));
  const isSame = JSON.stringify(command) === JSON.stringify(before);
  return {
    image: imageReference(service.image, images),
    ...(isSame ? {} : { command }),
    ...limits(service.resources),
  };
}

/** Compose puts variables in the place of what follows a single dollar. */
function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}
