import type { Budget } from './types';

/** Decimal units as registries and `docker images` use them; binary ones as in Kubernetes. Bytes per unit. */
const units: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

export type BudgetText = string | { readonly uncompressed?: string; readonly compressed?: string };

/** A budget in whole bytes. A plain text limits the uncompressed size. @throws RangeError where the text is no size. */
export function parseBudget(budget: BudgetText): Budget {
  const of = typeof budget === 'string' || budget.uncompressed !== undefined ? 'uncompressed' : 'compressed';
  const text = typeof budget === 'string' ? budget : (budget[of] ?? '');
  return { bytes: parseSize(text), text, of };
}

/** Bytes of a size such as `200MB` or `1.5 GiB`. @throws RangeError where the text is none. */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?) ?([A-Za-z]+)$/.exec(text);
  const unit = match ? units[match[2]!] : undefined;
  if (!match || unit === undefined)
    throw new RangeError(`${JSON.stringify(text)} is not a size such as 200MB`);
  return Math.round(Number(match[1]) * unit);
}
