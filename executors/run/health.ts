import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerState, Engine } from '../../packages/engines/engine';

export type Outcome =
  | { readonly healthy: true; readonly state: ContainerState }
  | { readonly healthy: false; readonly reason: string; readonly healthLog: readonly string[] };

export interface Watch {
  readonly engine: Engine;
  readonly container: string;
  /** Where the service is published; null where it is not. */
  readonly address: { readonly host: string; readonly port: string } | null;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const pollMs = 150;

/**
 * Waits until the image's own health check passes. Without one: until the container runs and its published port takes a connection.
 * Ends early where the container stops or its health check gives up.
 */
export async function waitUntilHealthy({
  engine,
  container,
  address,
  timeoutMs,
  signal,
}: Watch): Promise<Outcome> {
  const deadline = Date.now() + timeoutMs;
  let state: ContainerState | null = null;
  while (!signal.aborted) {
    state = await engine.inspectContainer(container);
    if (!state) return { healthy: false, reason: 'was removed', healthLog: [] };
    const healthLog = state.healthLog;
    if (state.status === 'exited' || state.status === 'dead')
      return { healthy: false, reason: `stopped with exit code ${state.exitCode}`, healthLog };
    if (state.health === 'unhealthy') return { healthy: false, reason: 'is unhealthy', healthLog };
    if (state.health === 'healthy') return { healthy: true, state };
    if (state.health === 'none' && state.status === 'running' && (await answers(address, state)))
      return { healthy: true, state };
    if (Date.now() >= deadline)
      return { healthy: false, reason: `was not healthy within ${timeoutMs / 1000} s`, healthLog };
    await sleep(pollMs);
  }
  return { healthy: false, reason: 'was interrupted', healthLog: state?.healthLog ?? [] };
}

async function answers(address: Watch['address'], state: ContainerState): Promise<boolean> {
  if (!address) return true;
  const port = state.ports[address.port];
  return port === undefined
    ? false
    : takesConnection(address.host === '0.0.0.0' ? '127.0.0.1' : address.host, port);
}

/** The engine's own proxy takes every connection and drops it at once where nothing listens behind: a connection has to last a moment. */
export function takesConnection(host: string, port: number, lastsMs = 200): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2_000, () => end(false));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
    socket.once('data', () => end(true));
    socket.once('connect', () => setTimeout(() => end(true), lastsMs));
  });
}
