import type { Field } from './field';
import { configKey } from './formats';

const mostBytes = 1024 * 1024;

/** Keys that a Secret of a type has to have. */
const keysOfType: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

export function checkConfigMap(object: Field): void {
  checkKeys(object, ['data', 'binaryData']);
  for (const [key, value] of object.at('binaryData').entries)
    if (object.at('data', key).exists) value.invalid('is in data, too.', 'Keep one of them.');
}

export function checkSecret(object: Field): void {
  checkKeys(object, ['data', 'stringData']);
  const type = object.at('type').text ?? '';
  for (const key of keysOfType[type] ?? [])
    if (!hasKey(object, key)) object.at('data', key).missing(`A Secret of the type ${type} has it.`);
  if (type === 'kubernetes.io/basic-auth' && !['username', 'password'].some((key) => hasKey(object, key)))
    object.at('data').missing('A Secret of this type has username or password.');
  checkDockerConfig(object, type);
}

/** The API server reads a registry's logins. */
function checkDockerConfig(object: Field, type: string): void {
  if (!type.startsWith('kubernetes.io/dockerc')) return;
  const key = type.endsWith('json') ? '.dockerconfigjson' : '.dockercfg';
  const plain = object.at('stringData', key);
  const encoded = object.at('data', key);
  const text = plain.text ?? (encoded.text === null ? null : Buffer.from(encoded.text, 'base64').toString());
  if (text === null) return;
  try {
    JSON.parse(text);
  } catch {
    (plain.exists ? plain : encoded).invalid(
      'is no JSON.',
      'Give the content of the file config.json of Docker.',
    );
  }
}

function hasKey(object: Field, key: string): boolean {
  return object.at('data', key).exists || object.at('stringData', key).exists;
}

function checkKeys(object: Field, parts: readonly string[]): void {
  let size = 0;
  for (const part of parts)
    for (const [key, value] of object.at(part).entries) {
      const problem = configKey(key);
      if (problem !== null) value.invalid(problem, 'Rename it.');
      size += Buffer.byteLength(
        value.text ?? '',
        part === 'data' && parts[1] === 'stringData' ? 'base64' : 'utf8',
      );
    }
  if (size > mostBytes)
    object.invalid(`holds ${size} bytes, more than ${mostBytes}.`, 'Split it, or use a volume.');
}
