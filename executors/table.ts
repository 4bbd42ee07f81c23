/** Columns with two blanks between them; numbers and sizes are right-aligned. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const numeric = head.map((_, column) =>
    (rows.length > 0 ? rows : all).every((row) => /^[\d.]+( (B|kB|MB))?$|^$/.test(row[column] ?? '')),
  );
  return all.map(
    (row) =>
      `  ${row.map((cell, column) => (numeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join('  ')}`,
  );
}
