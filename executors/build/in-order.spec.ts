import { inOrder, type Outcome } from './in-order';

interface Result {
  readonly status: Outcome;
}

/** Runs the tasks of `graph` (task -> what it depends on); those in `broken` fail. */
async function walk(graph: Record<string, string[]>, { limit = 2, broken = [] as string[] } = {}) {
  const log: string[] = [];
  let running = 0;
  let most = 0;
  const action = async (id: string, failed: string | null): Promise<Result> => {
    if (failed !== null) {
      log.push(`${id} skipped for ${failed}`);
      return { status: 'skipped' };
    }
    running += 1;
    most = Math.max(most, running);
    log.push(`${id} starts`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
    log.push(`${id} ends`);
    return { status: broken.includes(id) ? 'failure' : 'success' };
  };
  const results: Record<string, Outcome> = {};
  for await (const { id, result } of inOrder(Object.keys(graph), (id) => graph[id] ?? [], limit, action))
    results[id] = result.status;
  return { log, results, most };
}

it('runs at most so many at once, and yields each', async () => {
  const { results, most } = await walk({ a: [], b: [], c: [], d: [], e: [] }, { limit: 3 });
  expect(results).toEqual({ a: 'success', b: 'success', c: 'success', d: 'success', e: 'success' });
  expect(most).toBe(3);
});

it('starts a task after those that it depends on; what is no task of the batch is done already', async () => {
  const { log } = await walk({ api: ['base'], base: ['elsewhere'] });
  expect(log).toEqual(['base starts', 'base ends', 'api starts', 'api ends']);
});

it('lets a failure reach dependents only', async () => {
  const { results, log } = await walk(
    { base: [], api: ['base'], more: ['api'], other: [], last: ['other'] },
    { broken: ['base'] },
  );
  expect(results).toEqual({
    base: 'failure',
    api: 'skipped',
    more: 'skipped',
    other: 'success',
    last: 'success',
  });
  expect(log).toEqual(expect.arrayContaining(['api skipped for base', 'more skipped for api', 'last ends']));
});

it('does not wait for ever where tasks depend on each other', async () => {
  await expect(walk({ a: ['b'], b: ['a'] })).rejects.toThrow('These tasks depend on each other: a, b.');
});
