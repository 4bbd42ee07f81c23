import type { ResourceRange } from './types';

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The quantities that a description may have. */
const ofDescriptions = /^\d+(\.\d+)?([mkMG]|[KMG]i)?$/;

/** `request..limit`, or one quantity for both. The quantities keep the user's spelling. */
export function parseRange(range: string | number): ResourceRange {
  const [request, limit] = String(range).split('..') as [string, string?];
  return { request, limit: limit ?? request };
}

/** A quantity of a description as a number: CPUs, or bytes. NaN where it is none. */
export function quantityValue(quantity: string): number {
  return (ofDescriptions.test(quantity) ? parseQuantity(quantity) : null) ?? NaN;
}

/**
 * A Kubernetes quantity (`250m`, `512Mi`, `1e3`, `2`) as a number: CPUs, bytes or pieces. Null where it is none.
 * Every form that k8s.io/apimachinery/pkg/api/resource reads.
 */
export function parseQuantity(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return null;
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([numkMGTPE]|[KMGTPE]i)?|[eE]([+-]?\d+))$/.exec(value);
  if (!match) return null;
  const [, digits, suffix = '', exponent] = match;
  if (exponent !== undefined) return Number(`${digits}e${exponent}`);
  // Division is exact where a factor of 0.001 is not: 700m is 0.7.
  return suffix === 'm' ? Number(digits) / 1000 : Number(digits) * factors[suffix]!;
}
