import { quantityValue } from '../../packages/service/quantity';
import type { Service } from '../../packages/service/types';
import type { ComposeService } from './compose-file';

/** Processes and threads that a container may have, as `docker-run` limits them. */
const pids = 256;

/** What every container has, whatever runs in it. */
export const hardened = {
  restart: 'unless-stopped',
  // Without limits a log grows until the disk is full.
  logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
  read_only: true,
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
} as const satisfies ComposeService;

/** Limits and reservations, always all of them: an overlay that named some would leave the rest to chance. */
export function limits({ cpu, memory }: Service['resources'], replicas?: number): ComposeService {
  const limit = memoryOf(memory.limit);
  return {
    deploy: {
      replicas,
      resources: {
        limits: { cpus: cpusOf(cpu.limit), memory: limit, pids },
        reservations: { cpus: cpusOf(cpu.request), memory: memoryOf(memory.request) },
      },
    },
    // Without it, as much swap again could be used.
    memswap_limit: limit,
  };
}

/** Writable folders in memory, which their user owns. */
export function tmpfs(paths: readonly string[], uid: number, gid: number): readonly string[] {
  return paths.map((path) => `${path}:rw,noexec,nosuid,nodev,size=64m,uid=${uid},gid=${gid}`);
}

function cpusOf(quantity: string): string {
  return String(quantityValue(quantity));
}

/** Compose counts `M` in 1024. */
function memoryOf(quantity: string): string {
  const bytes = Math.floor(quantityValue(quantity));
  return bytes % 2 ** 20 === 0 ? `${bytes / 2 ** 20}M` : `${bytes}b`;
}
