/**
 * A value for ENV and LABEL in double quotes, taken literally: quotes, backslashes and `$` are escaped.
 * The description's schema keeps line breaks out.
 */
export function quoteValue(value: string): string {
  return `"${value.replace(/["\\$]/g, '\\$&')}"`;
}

/** Words of a command in exec form, without the brackets. */
export function execForm(words: readonly string[]): string {
  return words.map((word) => JSON.stringify(word)).join(', ');
}
