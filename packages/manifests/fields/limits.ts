import type { Field } from './field';
import { qualifiedName } from './formats';
import { checkQuantity } from './numbers';
import { parseQuantity } from './quantity';
import { checkChoice } from './workloads';

const podSecurityLevels = ['privileged', 'baseline', 'restricted'];
const podSecurity = 'pod-security.kubernetes.io/';

const quotaResources = [
  'cpu',
  'memory',
  'ephemeral-storage',
  'storage',
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
];

/** Resources of a quota that are counted, not measured. */
const counted =
  /^(count\/.+|pods|services(\..+)?|replicationcontrollers|resourcequotas|secrets|configmaps|persistentvolumeclaims)$/;

export function checkNamespace(object: Field): void {
  for (const [key, value] of object.at('metadata', 'labels').entries) {
    if (!key.startsWith(podSecurity)) continue;
    if (key.endsWith('-version')) {
      if (value.text && !/^(latest|v1\.\d+)$/.test(value.text))
        value.invalid(`${JSON.stringify(value.text)} is no version.`, 'Use latest or one such as v1.37.');
    } else checkChoice(value, podSecurityLevels, false);
  }
}

export function checkQuota(object: Field): void {
  for (const [name, quantity] of object.at('spec', 'hard').entries) {
    const bare = name.replace(/^(requests|limits)\./, '');
    const isKnown =
      name.includes('/') || quotaResources.includes(bare) || /^(services\.|hugepages-)/.test(bare);
    if (!isKnown || qualifiedName(name) !== null)
      quantity.invalid(
        `${name} is no resource that a quota limits.`,
        'Use one such as requests.cpu, limits.memory or pods.',
      );
    checkQuantity(quantity);
    if (counted.test(name) && !Number.isInteger(parseQuantity(quantity.value) ?? 0))
      quantity.invalid('is counted: only whole numbers.', 'Write a whole number.');
  }
  for (const scope of object.at('spec', 'scopes').items)
    checkChoice(scope, [
      'Terminating',
      'NotTerminating',
      'BestEffort',
      'NotBestEffort',
      'PriorityClass',
      'CrossNamespacePodAffinity',
      'VolumeAttributesClass',
    ]);
}

export function checkLimitRange(object: Field): void {
  for (const limit of object.at('spec', 'limits').items) {
    const { text } = limit.at('type');
    if (text && !text.includes('/'))
      checkChoice(limit.at('type'), ['Container', 'Pod', 'PersistentVolumeClaim']);
    // From the smallest to the largest; what is missing is passed over.
    const order = ['min', 'defaultRequest', 'default', 'max'];
    for (const name of new Set(order.flatMap((key) => limit.at(key).keys)))
      checkOrder(order.map((key) => limit.at(key, name)).filter(({ exists }) => exists));
    if (text === 'Pod')
      for (const key of ['default', 'defaultRequest'])
        if (limit.at(key).exists) limit.at(key).invalid('is not for the type Pod.', 'Remove it.');
  }
}

function checkOrder(bounds: readonly Field[]): void {
  bounds.slice(1).forEach((bound, at) => {
    const before = bounds[at]!;
    const [small, large] = [parseQuantity(before.value), parseQuantity(bound.value)];
    if (small !== null && large !== null && small > large)
      bound.invalid(
        `${String(bound.value)} is less than ${String(before.path.at(-2))} (${String(before.value)}).`,
        'Order them.',
      );
  });
}
