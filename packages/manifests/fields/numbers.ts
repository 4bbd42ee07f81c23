import type { Field } from './field';
import { portName } from './formats';
import { parseQuantity } from '../../service/quantity';

/** Reports a number that is outside of the bounds. */
export function checkNumber(field: Field, least: number, most = Infinity): void {
  const { number } = field;
  if (number === null || (number >= least && number <= most)) return;
  const bounds = most === Infinity ? `less than ${least}` : `not in ${least}–${most}`;
  field.invalid(`${number} is ${bounds}.`, most === Infinity ? `Use ${least} or more.` : 'Use one of these.');
}

/** Reports a port that is none; a zero counts as missing, as it does for the API server. */
export function checkPort(field: Field, isRequired = true): void {
  if (!field.exists) {
    if (isRequired) field.missing('Give a port.');
  } else checkNumber(field, 1, 65_535);
}

/** A port by its number or its name. */
export function checkPortOrName(field: Field): void {
  if (field.text === null) return checkPort(field);
  const problem = portName(field.text);
  if (problem !== null) field.invalid(problem, 'Name a port of the container, or give its number.');
}

/** A whole number or a share such as 25%. Returns its value (a share of 100), or null. */
export function checkNumberOrPercent(field: Field, mostPercent = Infinity): number | null {
  if (field.number !== null) {
    checkNumber(field, 0);
    return field.number;
  }
  if (field.text === null) return null;
  const match = /^(\d+)%$/.exec(field.text);
  if (!match) {
    field.invalid(
      `${JSON.stringify(field.text)} is neither a number nor a share such as 25%.`,
      'Write one of the two.',
    );
    return null;
  }
  if (Number(match[1]) > mostPercent)
    field.invalid(`${field.text} is more than ${mostPercent}%.`, `Use at most ${mostPercent}%.`);
  return Number(match[1]);
}

/** Reports a quantity below zero (or at zero). */
export function checkQuantity(field: Field, isZeroFine = true): void {
  const value = parseQuantity(field.value);
  if (value === null || value > 0 || (value === 0 && isZeroFine)) return;
  field.invalid(`${String(field.value)} is not more than zero.`, 'Give a positive quantity.');
}
