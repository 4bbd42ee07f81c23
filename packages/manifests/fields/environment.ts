import type { Field } from './field';
import { checkFormat, configKey, dnsSubdomain, environmentName } from './formats';
import { checkExactlyOne } from './one-of';

/** Fields of a pod that a variable can hold, but for its labels and annotations. */
const podFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

const resources = /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)$/;

/** `env` and `envFrom` of a container. */
export function checkEnvironment(container: Field): void {
  for (const variable of container.at('env').items) {
    checkFormat(variable.at('name'), environmentName);
    const from = variable.at('valueFrom');
    if (!from.exists) continue;
    if (variable.at('value').text)
      from.invalid('stands beside a value; a variable has one of the two.', 'Remove value or valueFrom.');
    const source = checkExactlyOne(from, [
      'fieldRef',
      'resourceFieldRef',
      'configMapKeyRef',
      'secretKeyRef',
      'fileKeyRef',
    ]);
    if (source) checkSource(source);
  }
  for (const from of container.at('envFrom').items) {
    checkFormat(from.at('prefix'), environmentName);
    const source = checkExactlyOne(from, ['configMapRef', 'secretRef']);
    if (source) checkName(source.at('name'));
  }
}

/** What a variable or a file in a volume is taken from. */
export function checkSource(source: Field): void {
  switch (source.path.at(-1)) {
    case 'fieldRef': {
      const path = source.at('fieldPath');
      const isMetadata = /^metadata\.(labels|annotations)(\['[^']+'\])?$/.test(path.text ?? '');
      if (path.text && !podFields.includes(path.text) && !isMetadata)
        path.invalid(
          `${path.text} is no field of a pod that can be had here.`,
          `Use one of ${podFields.join(', ')}.`,
        );
      break;
    }
    case 'resourceFieldRef': {
      const resource = source.at('resource');
      if (resource.text && !resources.test(resource.text))
        resource.invalid(`${resource.text} is no resource.`, 'Use one such as limits.memory.');
      break;
    }
    case 'configMapKeyRef':
    case 'secretKeyRef':
      checkName(source.at('name'));
      checkFormat(source.at('key'), configKey);
  }
}

function checkName(name: Field): void {
  if (!name.text) name.missing('Say which object.');
  else checkFormat(name, dnsSubdomain);
}
