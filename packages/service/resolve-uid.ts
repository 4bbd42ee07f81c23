/** Last user id of a service: rootless engines map ids up to 65535, and 65534 is nobody. */
const lastUid = 65533;

/**
 * The user id of a service: its own, else the next free one from `start`. Services without one get theirs in the order of their names,
 * so that each comes to the same result whoever asks first. Null where none is free.
 */
export function resolveUid(
  name: string,
  uid: number | undefined,
  others: readonly { readonly name: string; readonly uid?: number }[],
  start: number,
): number | null {
  if (uid !== undefined) return uid;
  const taken = new Set(others.map((other) => other.uid));
  const before = others.filter((other) => other.uid === undefined && other.name < name).length;
  let free = nextFree(start, taken, lastUid);
  for (let i = 0; i < before && free !== null; i++) free = nextFree(free + 1, taken, lastUid);
  return free;
}

/** The first number from `start` to `last` that is not taken, or null. */
export function nextFree(start: number, taken: ReadonlySet<number | undefined>, last: number): number | null {
  for (let number = start; number <= last; number++) if (!taken.has(number)) return number;
  return null;
}
