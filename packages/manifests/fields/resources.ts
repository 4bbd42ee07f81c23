import type { Field } from './field';
import { qualifiedName } from './formats';
import { checkQuantity } from './numbers';
import { parseQuantity } from '../../service/quantity';

const standard = ['cpu', 'memory', 'ephemeral-storage'];

/** `resources` of a container. */
export function checkResources(resources: Field): void {
  for (const part of ['limits', 'requests'])
    for (const [name, quantity] of resources.at(part).entries) {
      const isKnown = standard.includes(name) || name.startsWith('hugepages-') || name.includes('/');
      if (!isKnown || qualifiedName(name) !== null)
        quantity.invalid(
          `${name} is no resource of a container.`,
          'Use cpu, memory or ephemeral-storage, or a name with a domain.',
        );
      checkQuantity(quantity);
    }
  for (const [name, request] of resources.at('requests').entries) {
    const limit = resources.at('limits', name);
    const [wanted, most] = [parseQuantity(request.value), parseQuantity(limit.value)];
    if (limit.exists && wanted !== null && most !== null && wanted > most)
      request.invalid(
        `${String(request.value)} is more than the limit of ${String(limit.value)}.`,
        'Ask for less, or raise the limit.',
      );
  }
}
