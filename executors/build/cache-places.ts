/**
 * Values of `cacheFrom` and `cacheTo`. On the command line Nx cuts them at their commas (`type=local,dest=x` comes as two): a part that is neither an
 * image nor names a type belongs to the one before. There Nx also takes `{project}` for the project's own node, and hands out its text.
 */
export function cachePlaces(values: readonly string[] | undefined, slug: string): string[] {
  const places: string[] = [];
  for (const value of values ?? []) {
    const isPart = value.includes('=') && !/(^|,)type=/.test(value);
    if (isPart && places.length > 0) places.push(`${places.pop()},${value}`);
    else places.push(value);
  }
  return places.map((place) => place.replace(/\{project\}|\[object Object\]/g, () => slug));
}
