import { isIP, isIPv4 } from 'node:net';
import type { Field } from './field';

/** What is wrong with a text, or null. */
export type Format = (text: string) => string | null;

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

/** Lower-case letters, digits and dashes, at most 63 (RFC 1123). */
export const dnsLabel: Format = format(label, 63, 'a DNS label such as api-1');
/** As dnsLabel, but it starts with a letter (RFC 1035). */
export const dns1035Label: Format = format(
  '[a-z]([-a-z0-9]*[a-z0-9])?',
  63,
  'a DNS label that starts with a letter, such as api-1',
);
/** DNS labels with dots between them, at most 253 characters. */
export const dnsSubdomain: Format = format(`${label}(\\.${label})*`, 253, 'a DNS name such as api.acme');
export const wildcardHost: Format = format(`\\*(\\.${label})+`, 253, 'a host such as *.example.com');
/** Of the IANA's names for services, which ports may have. */
export const portName: Format = (text) =>
  /^(?=.*[a-z])(?!-)(?!.*--)[a-z0-9-]{1,15}(?<!-)$/.test(text)
    ? null
    : `${JSON.stringify(text)} is not the name of a port: at most 15 lower-case letters, digits and single dashes, one letter at least.`;
export const labelValue: Format = format(
  '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?',
  63,
  'the value of a label: at most 63 letters, digits, dashes, dots and underscores',
);
/** Key of a ConfigMap or a Secret. */
export const configKey: Format = (text) =>
  /^[-._a-zA-Z0-9]{1,253}$/.test(text) && text !== '.' && !text.startsWith('..')
    ? null
    : `${JSON.stringify(text)} is not a key: letters, digits, dashes, dots and underscores.`;
/** Printable ASCII but for the equals sign, as Kubernetes takes it since 1.30. */
export const environmentName: Format = (text) =>
  /^[ -<>-~]+$/.test(text) ? null : `${JSON.stringify(text)} is not the name of a variable.`;
export const pathSegment: Format = (text) =>
  text === '.' || text === '..' || /[/%]/.test(text) || text === ''
    ? `${JSON.stringify(text)} is not a name: no slash, no per cent sign, neither . nor ..`
    : null;

const qualifiedPart = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
/** `name` or `dns.prefix/name`, as keys of labels are. */
export const qualifiedName: Format = (text) => {
  const parts = text.split('/');
  const name = parts.pop()!;
  const isName = qualifiedPart.test(name) && name.length <= 63;
  const isPrefix = parts.length === 0 || (parts.length === 1 && dnsSubdomain(parts[0]!) === null);
  return isName && isPrefix ? null : `${JSON.stringify(text)} is not a key such as app.kubernetes.io/name.`;
};

export const ipAddress: Format = (text) =>
  isIP(text) ? null : `${JSON.stringify(text)} is not an IP address.`;
export const cidr: Format = (text) => {
  const [address, bits, more] = text.split('/');
  const most = isIPv4(address ?? '') ? 32 : 128;
  const isRange =
    more === undefined && isIP(address ?? '') > 0 && /^\d{1,3}$/.test(bits ?? '') && Number(bits) <= most;
  return isRange ? null : `${JSON.stringify(text)} is not a range of addresses such as 10.0.0.0/8.`;
};

/** A relative path that does not lead out. */
export const descendingPath: Format = (text) =>
  text.startsWith('/') || text.split('/').includes('..')
    ? `${JSON.stringify(text)} has to be relative, without ..`
    : null;

/** Reports a text that is there and does not have the format. */
export function checkFormat(field: Field, format: Format, fix = 'Write it so.'): void {
  const problem = field.text === null ? null : format(field.text);
  if (problem !== null) field.invalid(problem, fix);
}

function format(pattern: string, most: number, what: string): Format {
  const whole = new RegExp(`^${pattern}$`);
  return (text) =>
    whole.test(text) && text.length <= most ? null : `${JSON.stringify(shorten(text))} is not ${what}.`;
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
