import { stringify } from 'yaml';

/** Maps of these keys are read line by line; every other one that holds no map stands on one line. */
const blockKeys = new Set(['settings', 'env', 'build', 'defaults', 'budgets']);

/** Lines of `key: value` for a map whose keys stand in column `indent`. */
export function serialiseEntry(key: string, value: unknown, indent: number): readonly string[] {
  const name = `${' '.repeat(indent)}${scalar(key)}:`;
  if (isMap(value) && Object.keys(value).length > 0) {
    const entries = Object.entries(value);
    if (blockKeys.has(key) || entries.some(([, inner]) => isMap(inner)))
      return [name, ...entries.flatMap(([inner, its]) => serialiseEntry(inner, its, indent + 2))];
  }
  return [`${name} ${inlineYaml(value)}`];
}

/** A value on one line, lists and maps in brackets, spaced as prettier does. */
export function inlineYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inlineYaml).join(', ')}]`;
  if (!isMap(value)) return scalar(value);
  const entries = Object.entries(value).map(([key, inner]) => `${scalar(key)}: ${inlineYaml(inner)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** A scalar with the quotes it needs within brackets, and those that keep YAML 1.1 readers from taking it for something else. */
function scalar(value: unknown): string {
  // eslint-disable-next-line no-control-regex
  if (typeof value === 'string' && /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(value))
    return JSON.stringify(value).replace(
      /[\u007f-\u009f\u2028\u2029\ufeff]/g,
      (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  const list = stringify([value], { version: '1.1', lineWidth: 0, collectionStyle: 'flow' });
  return list.trim().replace(/^\[\s*|\s*\]$/g, '');
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
