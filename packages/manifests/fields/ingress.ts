import type { Field } from './field';
import { checkFormat, dns1035Label, dnsSubdomain, ipAddress, wildcardHost, type Format } from './formats';
import { checkPort, checkPortOrName } from './numbers';
import { checkExactlyOne } from './one-of';

/** Parts of a path that proxies read in different ways. */
const unsafeParts = ['//', '/./', '/../', '%2f', '%2F'];

const host: Format = (text) => {
  if (ipAddress(text) === null) return `${text} is an address; an Ingress has host names.`;
  return text.includes('*') ? wildcardHost(text) : dnsSubdomain(text);
};

export function checkIngress(object: Field): void {
  const spec = object.at('spec');
  const backend = spec.at('defaultBackend');
  if (spec.at('rules').items.length === 0 && !backend.exists)
    spec.at('rules').missing('Give a rule or a defaultBackend.');
  if (backend.exists) checkBackend(backend);
  if (spec.at('ingressClassName').text !== null) checkFormat(spec.at('ingressClassName'), dnsSubdomain);
  for (const rule of spec.at('rules').items) {
    if (rule.at('host').text) checkFormat(rule.at('host'), host);
    if (!rule.at('http').exists) continue;
    if (rule.at('http', 'paths').items.length === 0) rule.at('http', 'paths').missing('Give a path.');
    for (const path of rule.at('http', 'paths').items) checkPath(path);
  }
  for (const tls of spec.at('tls').items) {
    for (const name of tls.at('hosts').items) checkFormat(name, host);
    if (tls.at('secretName').text) checkFormat(tls.at('secretName'), dnsSubdomain);
  }
}

function checkPath(path: Field): void {
  const text = path.at('path').text ?? '';
  const isPlain = path.at('pathType').text === 'ImplementationSpecific';
  if (!isPlain && !text.startsWith('/'))
    path.at('path').invalid('has to start with a slash.', 'Write / or a path from there.');
  const unsafe = unsafeParts.find((part) => text.includes(part)) ?? /\/\.\.?$/.exec(text)?.[0];
  if (!isPlain && unsafe !== undefined)
    path.at('path').invalid(`has ${unsafe} in it.`, 'Write the path that is meant.');
  checkBackend(path.at('backend'));
}

function checkBackend(backend: Field): void {
  const chosen = checkExactlyOne(backend, ['service', 'resource']);
  if (chosen?.path.at(-1) !== 'service') return;
  checkFormat(chosen.at('name'), dns1035Label);
  const port = checkExactlyOne(chosen.at('port'), ['name', 'number']);
  if (port?.path.at(-1) === 'name') checkPortOrName(port);
  else if (port) checkPort(port);
}
