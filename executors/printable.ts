/** A text from elsewhere in a column of `most` characters: what would steer the terminal is not sent to it. */
export function printable(text: string, most: number): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '?');
  return clean.length > most ? `${clean.slice(0, most - 3)}...` : clean;
}
