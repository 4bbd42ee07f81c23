/** Adds those of our lines that a file does not have yet, at its end, and keeps every other byte. */
export function mergeLines(text: string | null, ours: readonly string[]): string {
  const before = text ?? '';
  const eol = before.includes('\r\n') ? '\r\n' : '\n';
  const have = new Set(before.split(/\r?\n/).map((line) => line.trim()));
  const missing = ours.filter((line, at) => !have.has(line.trim()) && ours.indexOf(line) === at);
  if (missing.length === 0) return before;
  const gap = before === '' || before.endsWith('\n') ? '' : eol;
  return `${before}${gap}${missing.join(eol)}${eol}`;
}
