import { listChoices, suggest } from './choices';
import type { Problem } from './description-error';
import type { ValidationError } from './validators.gen';

/** A problem with the path of its value, by which a line is found. `onKey`: the key itself is wrong, not its value. */
export interface LocatedProblem extends Omit<Problem, 'file' | 'line'> {
  readonly path: readonly string[];
  readonly onKey: boolean;
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  null: 'null',
};

/** Turns what a schema refused into messages: one per value, in the order of the schema. */
export function schemaProblems(errors: readonly ValidationError[]): readonly LocatedProblem[] {
  const problems = new Map<string, LocatedProblem>();
  for (const error of errors) {
    // `propertyNames` only repeats the error of the name itself.
    if (error.keyword === 'propertyNames') continue;
    const problem = describe(error);
    const place = JSON.stringify(problem.path);
    if (!problems.has(place)) problems.set(place, problem);
  }
  return [...problems.values()];
}

function describe(error: ValidationError): LocatedProblem {
  const path = pathOf(error.instancePath);
  if (error.keyword === 'additionalProperties') {
    const key = String(error.params['additionalProperty']);
    const keys = Object.keys((error.parentSchema['properties'] ?? {}) as object);
    return at([...path, key], path, true, `${key} is not a key. ${suggest(key, keys)}`);
  }
  if (error.propertyName !== undefined)
    return at([...path, error.propertyName], path, true, messageOf(error, error.propertyName));
  if (error.keyword === 'required') {
    const key = String(error.params['missingProperty']);
    return at([...path, key], path, false, `${key} is missing`);
  }
  return at(path, path, false, messageOf(error, error.data));
}

function at(
  path: readonly string[],
  shown: readonly string[],
  onKey: boolean,
  message: string,
): LocatedProblem {
  return { path, key: formatPath(shown), onKey, message };
}

function messageOf({ keyword, params, parentSchema }: ValidationError, value: unknown): string {
  if (value === null) return 'is empty. Give it a value or remove the key';
  const shown = show(value);
  const phrase = parentSchema['errorMessage'];
  switch (keyword) {
    case 'enum': {
      const choices = (params['allowedValues'] as readonly unknown[]).map(String);
      const nearest = typeof value === 'string' ? suggest(value, choices) : '';
      return `${shown} is not ${listChoices(choices)}${nearest.startsWith('Did') ? `. ${nearest}` : ''}`;
    }
    case 'type':
      return `${shown} is not ${typePhrase(params['type'])}`;
    case 'uniqueItems':
      return `${show((value as readonly unknown[])[params['j'] as number])} is named twice`;
    case 'minItems':
    case 'minProperties':
      return 'is empty. Give it a value or remove the key';
    case 'maxProperties':
      return `has more than ${String(params['limit'])} key`;
    case 'minLength':
      return 'is an empty text';
    case 'maxLength':
      return `${shown} has more than ${String(params['limit'])} characters`;
  }
  if (typeof phrase === 'string') return `${shown} ${phrase}`;
  return `${shown} is not ${rangePhrase(parentSchema)}`;
}

function typePhrase(type: unknown): string {
  const names = (Array.isArray(type) ? type : [type]).filter((name) => name !== 'null').map(String);
  return listChoices(names.map((name) => typeNames[name] ?? name));
}

function rangePhrase(schema: Readonly<Record<string, unknown>>): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (minimum !== undefined && maximum !== undefined) return `in ${minimum}–${maximum}`;
  if (exclusiveMinimum !== undefined && exclusiveMaximum !== undefined)
    return `between ${exclusiveMinimum} and ${exclusiveMaximum}`;
  if (exclusiveMinimum !== undefined) return `more than ${exclusiveMinimum}`;
  return 'valid here';
}

/** A value as it stands in a message: short, on one line, texts in quotes. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** Path of a value for a reader: `env.staging.scale.min`, `uses[1]`. */
export function formatPath(path: readonly string[]): string {
  return path.map((part, i) => (/^\d+$/.test(part) ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}

/** Parts of a JSON pointer (RFC 6901). */
function pathOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'));
}
