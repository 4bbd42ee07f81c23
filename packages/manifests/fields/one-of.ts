import { listChoices } from '../../service/choices';
import type { Field } from './field';

/** Exactly one of these keys has to be there. Returns it where it is so. */
export function checkExactlyOne(field: Field, keys: readonly string[], isRequired = true): Field | null {
  const present = keys.filter((key) => field.at(key).exists);
  if (present.length === 1) return field.at(present[0]!);
  if (present.length > 1)
    field.invalid(`has ${present.join(' and ')}, of which there may be one only.`, 'Keep one of them.');
  else if (isRequired) field.missing(`Give one of ${listChoices(keys)}.`);
  return null;
}

/** Values of a list that have to differ. */
export function checkDistinct(fields: readonly Field[], what: string): void {
  const seen = new Set<unknown>();
  for (const field of fields) {
    if (!field.exists) continue;
    if (seen.has(field.value))
      field.invalid(`${JSON.stringify(field.value)} is there twice.`, `Give each ${what} its own.`);
    seen.add(field.value);
  }
}

/** One of a closed set that the types do not name. @param isEmptyFine does the API server take the empty text for a value that is not there? */
export function checkChoice(field: Field, choices: readonly string[], isEmptyFine = true): void {
  if (field.text !== null && (field.text !== '' || !isEmptyFine) && !choices.includes(field.text))
    field.invalid(`${JSON.stringify(field.text)} is not allowed here.`, `Use ${listChoices(choices)}.`);
}
