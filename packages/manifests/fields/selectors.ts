import type { Field } from './field';
import { checkFormat, labelValue, qualifiedName } from './formats';

/** Labels, or a selector that is nothing but labels. */
export function checkLabels(field: Field): void {
  for (const [key, value] of field.entries) {
    const problem = qualifiedName(key);
    if (problem !== null) value.invalid(problem, 'Write the key so.');
    checkFormat(value, labelValue);
  }
}

/** A selector with `matchLabels` and `matchExpressions`. */
export function checkSelector(field: Field): void {
  checkLabels(field.at('matchLabels'));
  for (const expression of field.at('matchExpressions').items) {
    const operator = expression.at('operator').text ?? '';
    const values = expression.at('values');
    checkFormat(expression.at('key'), qualifiedName);
    if (['In', 'NotIn'].includes(operator)) {
      if (values.items.length === 0) values.missing(`${operator} compares with values. Name them.`);
    } else if (['Exists', 'DoesNotExist'].includes(operator)) {
      if (values.items.length > 0) values.invalid(`${operator} takes no values.`, 'Remove them.');
    } else if (operator !== '')
      expression
        .at('operator')
        .invalid(`${JSON.stringify(operator)} is no operator.`, 'Use In, NotIn, Exists or DoesNotExist.');
    for (const value of values.items) checkFormat(value, labelValue);
  }
}

/** Labels of a pod's template, as selectors compare them. */
export function labelsOf(template: Field): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    template.at('metadata', 'labels').entries.map(([key, { value }]) => [key, value]),
  );
}

/** Does a selector take these labels? An empty one takes all. */
export function selects(selector: Field, labels: Readonly<Record<string, unknown>>): boolean {
  const own = (key: string) => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  const isMatch = selector.at('matchLabels').entries.every(([key, value]) => own(key) === value.value);
  return (
    isMatch &&
    selector.at('matchExpressions').items.every((expression) => {
      const value = own(expression.at('key').text ?? '');
      const values = expression.at('values').items.map((one) => one.value);
      switch (expression.at('operator').text) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return !values.includes(value);
        case 'Exists':
          return value !== undefined;
        case 'DoesNotExist':
          return value === undefined;
        default:
          return false;
      }
    })
  );
}

/** A selector that takes everything. */
export function isEmptySelector(selector: Field): boolean {
  return (
    selector.at('matchLabels').entries.length === 0 && selector.at('matchExpressions').items.length === 0
  );
}
