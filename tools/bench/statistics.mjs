/** Numbers from noisy machines: contenders take turns, and the median of the turns counts. */

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @returns {Promise<number>} seconds that `action` took */
export async function seconds(action) {
  const start = performance.now();
  await action();
  return (performance.now() - start) / 1000;
}

/**
 * Runs every contender once per round, each round starting with another one, so that a load that comes and goes meets all alike.
 * @param {Record<string, () => unknown>} contenders
 * @param {(name: string) => void} [before] called before each run, not counted
 * @returns {Promise<Record<string, number[]>>} seconds per round
 */
export async function takeTurns(contenders, rounds, before = () => {}) {
  const names = Object.keys(contenders);
  const taken = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(round + turn) % names.length];
      before(name);
      taken[name].push(await seconds(contenders[name]));
    }
  }
  return taken;
}
