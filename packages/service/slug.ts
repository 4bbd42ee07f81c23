import { createHash } from 'node:crypto';

/** Longest DNS label, RFC 1123. */
const longest = 63;

/**
 * The name of an Nx project as a DNS label: `@acme/api` -> `acme-api`. It starts with a letter, because names of Kubernetes
 * Services must (RFC 1035). A name that loses letters on the way, or is too long, ends in a hash of the whole name,
 * so that two such names differ.
 */
export function slugOf(name: string): string {
  const label = trimHyphens(name.toLowerCase().replace(/[^a-z0-9]+/g, '-'));
  const lossless = /^[A-Za-z0-9@/_.: -]*$/.test(name);
  const prefixed = /^[a-z]/.test(label) ? label : trimHyphens(`s-${label}`);
  if (lossless && prefixed.length <= longest && label !== '') return prefixed;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${trimHyphens(prefixed.slice(0, longest - hash.length - 1))}-${hash}`;
}

function trimHyphens(text: string): string {
  return text.replace(/^-+|-+$/g, '');
}
