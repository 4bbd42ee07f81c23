import { isEmptySelector } from '../fields/selectors';
import type { ObjectSet } from './object-set';

/** Peers of network policies that nobody is. Only where all services are there: a service's policy names its neighbours. */
export function checkPeers(objects: ObjectSet): void {
  for (const { root } of objects.ownOfKind('NetworkPolicy'))
    for (const [direction, key] of [
      ['ingress', 'from'],
      ['egress', 'to'],
    ] as const)
      for (const rule of root.at('spec', direction).items)
        for (const peer of rule.at(key).items) {
          const selector = peer.at('podSelector');
          // Pods of other namespaces are not known here.
          if (peer.at('namespaceSelector').exists || isEmptySelector(selector)) continue;
          if (objects.selected(selector).length === 0)
            selector.problem(
              'selector-matches-nothing',
              'high',
              'No pod has these labels: the connection is never allowed.',
              'Give the selector the labels of the other service.',
            );
        }
}
