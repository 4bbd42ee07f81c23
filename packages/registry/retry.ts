import { setTimeout as sleep } from 'node:timers/promises';
import { TransientError } from './registry-error';

/** Milliseconds before the second, third … try: eight seconds in all, which a registry's restart or a busy minute's peak takes. */
export const backOff: readonly number[] = [500, 1000, 2000, 4500];

/** Longest wait in milliseconds that a registry may ask for; past it, failing says more than waiting. */
const longestWaitMs = 60_000;

/** Tries until it works, the failure is no passing one, or the delays are used up. @throws the last failure */
export async function retrying<T>(attempt: () => Promise<T>, delays: readonly number[]): Promise<T> {
  for (const delay of delays) {
    try {
      return await attempt();
    } catch (error) {
      await waitAfter(error, delay);
    }
  }
  return await attempt();
}

/** Waits before the next try; as long as the registry asks for, where it does. @throws the failure where trying again is no use */
export async function waitAfter(error: unknown, delay: number): Promise<void> {
  if (!(error instanceof TransientError)) throw error;
  const wait = Math.max(delay, error.waitMs ?? 0);
  if (wait > longestWaitMs) throw error;
  await sleep(wait);
}
