import type { ResourceRange } from './types';

const factors: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};

/** `request..limit`, or one quantity for both. The quantities keep the user's spelling. */
export function parseRange(range: string | number): ResourceRange {
  const [request, limit] = String(range).split('..') as [string, string?];
  return { request, limit: limit ?? request };
}

/** A Kubernetes quantity as a number: CPUs, or bytes. NaN where it is none. */
export function quantityValue(quantity: string): number {
  const match = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(quantity);
  if (!match) return NaN;
  // Division is exact where a factor of 0.001 is not: 700m is 0.7.
  return match[2] === 'm' ? Number(match[1]) / 1000 : Number(match[1]) * (factors[match[2]!] ?? NaN);
}
