import type { Schema } from './schema';

/**
 * What definitions of custom resources say beside types: bounds, patterns, alternatives. The built-in kinds' documents have none of it.
 * @param isFit does the value fit this alternative?
 * @returns what is broken, or null
 */
export function brokenCondition(
  value: unknown,
  schema: Schema,
  isFit: (alternative: Schema) => boolean,
): string | null {
  return brokenLimit(value, schema) ?? brokenAlternative(schema, isFit);
}

function brokenLimit(value: unknown, schema: Schema): string | null {
  if (typeof value === 'string') return brokenText(value, schema);
  if (typeof value === 'number') return brokenNumber(value, schema);
  if (Array.isArray(value)) {
    const { minItems = 0, maxItems = Infinity, uniqueItems } = schema;
    if (value.length < minItems) return `has ${value.length} entries, fewer than ${minItems}`;
    if (value.length > maxItems) return `has ${value.length} entries, more than ${maxItems}`;
    const distinct = new Set(value.map((item) => JSON.stringify(item)));
    return uniqueItems && distinct.size < value.length ? 'has an entry twice' : null;
  }
  const { minProperties = 0, maxProperties = Infinity } = schema;
  const size = Object.keys(value as object).length;
  if (size < minProperties) return `has ${size} keys, fewer than ${minProperties}`;
  return size > maxProperties ? `has ${size} keys, more than ${maxProperties}` : null;
}

function brokenText(value: string, { pattern, minLength = 0, maxLength = Infinity }: Schema): string | null {
  const length = [...value].length;
  if (length < minLength) return `has ${length} characters, fewer than ${minLength}`;
  if (length > maxLength) return `has ${length} characters, more than ${maxLength}`;
  return pattern !== undefined && !matches(pattern, value) ? `does not match ${pattern}` : null;
}

function brokenNumber(value: number, schema: Schema): string | null {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum, exclusiveMaximum } = schema;
  if (value < minimum || (exclusiveMinimum && value === minimum)) return `is less than ${minimum}`;
  return value > maximum || (exclusiveMaximum && value === maximum) ? `is more than ${maximum}` : null;
}

/** A pattern in Go's syntax that JavaScript does not know is taken as matched: the API server has the last word. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern).test(value);
  } catch {
    return true;
  }
}

function brokenAlternative(
  { allOf, anyOf, oneOf, not }: Schema,
  isFit: (alternative: Schema) => boolean,
): string | null {
  if (allOf && !allOf.every(isFit)) return 'does not fit all of what its definition wants at once';
  if (anyOf && !anyOf.some(isFit)) return 'fits none of the alternatives of its definition';
  if (oneOf && oneOf.filter(isFit).length !== 1)
    return 'has to fit exactly one alternative of its definition';
  return not && isFit(not) ? 'is what its definition forbids' : null;
}
