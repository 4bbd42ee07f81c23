/** One CSV record, as docker reads such values: a field with a comma or a quote is quoted. */
export function fields(values: readonly string[]): string {
  return values.map((value) => (/[",]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)).join(',');
}
