import type { Field } from './field';
import { checkFormat, qualifiedName } from './formats';
import { checkNumber } from './numbers';
import { checkLabels, checkSelector } from './selectors';

/** Where the pods of a template may run. */
export function checkScheduling(spec: Field): void {
  checkLabels(spec.at('nodeSelector'));
  const seen = new Set<string>();
  for (const constraint of spec.at('topologySpreadConstraints').items) {
    checkNumber(constraint.at('maxSkew'), 1);
    checkNumber(constraint.at('minDomains'), 1);
    checkFormat(constraint.at('topologyKey'), qualifiedName);
    checkSelector(constraint.at('labelSelector'));
    const when = constraint.at('whenUnsatisfiable');
    if (constraint.at('minDomains').exists && when.text === 'ScheduleAnyway')
      constraint.at('minDomains').invalid('is only for whenUnsatisfiable: DoNotSchedule.', 'Remove it.');
    const key = `${constraint.at('topologyKey').text} ${when.text}`;
    if (seen.has(key))
      constraint.invalid('has the topologyKey and whenUnsatisfiable of another one.', 'Keep one of them.');
    seen.add(key);
  }
  for (const toleration of spec.at('tolerations').items) checkToleration(toleration);
  checkAffinity(spec.at('affinity'));
}

function checkToleration(toleration: Field): void {
  const [key, operator, value] = ['key', 'operator', 'value'].map((name) => toleration.at(name)) as [
    Field,
    Field,
    Field,
  ];
  if (key.text) checkFormat(key, qualifiedName);
  else if (operator.text !== 'Exists')
    operator.invalid('has to be Exists where there is no key.', 'Write Exists.');
  if (operator.text === 'Exists' && value.text)
    value.invalid('is not for the operator Exists.', 'Remove it.');
  if (toleration.at('tolerationSeconds').exists && toleration.at('effect').text !== 'NoExecute')
    toleration.at('effect').invalid('has to be NoExecute beside tolerationSeconds.', 'Write NoExecute.');
}

function checkAffinity(affinity: Field): void {
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    for (const term of affinity.at(kind, 'requiredDuringSchedulingIgnoredDuringExecution').items)
      checkTerm(term);
    for (const weighted of affinity.at(kind, 'preferredDuringSchedulingIgnoredDuringExecution').items) {
      checkWeight(weighted.at('weight'));
      checkTerm(weighted.at('podAffinityTerm'));
    }
  }
  const node = affinity.at('nodeAffinity');
  const required = node.at('requiredDuringSchedulingIgnoredDuringExecution');
  if (required.exists && required.at('nodeSelectorTerms').items.length === 0)
    required.at('nodeSelectorTerms').missing('Give a term.');
  for (const preferred of node.at('preferredDuringSchedulingIgnoredDuringExecution').items)
    checkWeight(preferred.at('weight'));
}

function checkTerm(term: Field): void {
  checkFormat(term.at('topologyKey'), qualifiedName);
  checkSelector(term.at('labelSelector'));
  checkSelector(term.at('namespaceSelector'));
}

function checkWeight(weight: Field): void {
  checkNumber(weight, 1, 100);
}
