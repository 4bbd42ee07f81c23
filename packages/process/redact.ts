const mask = '***';

/** A function that replaces every secret in a text. Longer secrets go first: one may be part of another. */
export function redactor(secrets: readonly string[] = []): (text: string) => string {
  const values = [...new Set(secrets)].filter((secret) => secret !== '').sort((a, b) => b.length - a.length);
  if (values.length === 0) return (text) => text;
  return (text) => values.reduce((clean, secret) => clean.split(secret).join(mask), text);
}
