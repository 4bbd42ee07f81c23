import { listChoices } from '../../service/choices';
import type { Field } from '../fields/field';
import type { Manifest } from '../manifest';
import type { ObjectSet } from './object-set';

/** The object that a name stands for; reports a name that is none of these kinds'. */
export function findNamed(name: Field, kind: string, objects: ObjectSet): Manifest | undefined {
  const found = name.text === null ? undefined : objects.find(kind, name.text);
  if (!found && name.text)
    name.problem(
      'target-missing',
      'high',
      `There is no ${kind} ${name.text}.`,
      useOneOf(objects.ofKind(kind).map((one) => one.name)),
    );
  return found;
}

/** What to do about a name that nobody has; choices that are nothing are passed over. */
export function useOneOf(choices: readonly unknown[]): string {
  const names = choices.filter((one) => one !== undefined && one !== null).map(String);
  return names.length > 0 ? `Use ${listChoices([...new Set(names)])}, or add it.` : 'Add it.';
}
