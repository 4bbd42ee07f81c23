export type Outcome = 'success' | 'failure' | 'skipped';

/**
 * Runs tasks, each after those that it depends on, at most `limit` at once, and yields the results as they come. Tasks of the same readiness start in
 * the order given; a dependency that is none of the tasks counts as done.
 * @param action gets the first dependency that did not succeed, or null; it does not reject
 */
export async function* inOrder<Result extends { readonly status: Outcome }>(
  ids: readonly string[],
  dependenciesOf: (id: string) => readonly string[],
  limit: number,
  action: (id: string, failed: string | null) => Promise<Result>,
): AsyncGenerator<{ id: string; result: Result }> {
  const waiting = new Set(ids);
  const running = new Map<string, Promise<{ id: string; result: Result }>>();
  const done = new Map<string, Outcome>();
  const isReady = (id: string) =>
    dependenciesOf(id).every((other) => !waiting.has(other) && !running.has(other));
  while (waiting.size > 0 || running.size > 0) {
    for (const id of waiting) {
      if (running.size >= limit) break;
      if (!isReady(id)) continue;
      waiting.delete(id);
      const failed = dependenciesOf(id).find((other) => (done.get(other) ?? 'success') !== 'success') ?? null;
      running.set(
        id,
        action(id, failed).then((result) => ({ id, result })),
      );
    }
    // Nx makes no batch of tasks that wait for each other.
    if (running.size === 0) throw new Error(`These tasks depend on each other: ${[...waiting].join(', ')}.`);
    const ended = await Promise.race(running.values());
    running.delete(ended.id);
    done.set(ended.id, ended.result.status);
    yield ended;
  }
}
