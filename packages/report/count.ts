/** `1 file`, `1,203 files`. */
export function countOf(number: number, word: string): string {
  return `${number.toLocaleString('en')} ${word}${number === 1 ? '' : 's'}`;
}
