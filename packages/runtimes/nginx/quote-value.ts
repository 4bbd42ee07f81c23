/**
 * A value for ENV and LABEL in double quotes, taken literally: quotes, backslashes and `$` are escaped.
 * The description's schema keeps line breaks out.
 */
export function quoteValue(value: string): string {
  return `"${value.replace(/["\\$]/g, '\\$&')}"`;
}
