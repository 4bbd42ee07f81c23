import type { Field } from '../fields/field';
import { isEmptySelector } from '../fields/selectors';
import { listChoices } from '../../service/choices';
import type { ObjectSet } from './object-set';
import { findNamed } from './references';

/** Selectors and references that lead to nothing. */
export function checkTargets(objects: ObjectSet): void {
  for (const service of objects.ownOfKind('Service'))
    if (objects.behind(service)?.length === 0)
      matchesNothing(service.root.at('spec', 'selector'), 'No pod has these labels');
  for (const kind of ['PodDisruptionBudget', 'NetworkPolicy'] as const)
    for (const { root } of objects.ownOfKind(kind)) {
      const selector = root.at('spec', kind === 'NetworkPolicy' ? 'podSelector' : 'selector');
      if (!isEmptySelector(selector) && objects.selected(selector).length === 0)
        matchesNothing(selector, 'No pod has these labels');
    }
  for (const { root } of objects.ownOfKind('ServiceMonitor')) {
    const selector = root.at('spec', 'selector');
    const labelled = objects.ofKind('Service').filter((service) => serviceIsSelected(selector, service.root));
    if (!isEmptySelector(selector) && labelled.length === 0)
      matchesNothing(selector, 'No Service has these labels');
    for (const endpoint of root.at('spec', 'endpoints').items) {
      const port = endpoint.at('port');
      const names = labelled.flatMap((one) =>
        one.root.at('spec', 'ports').items.map((each) => each.at('name').text),
      );
      if (port.text && labelled.length > 0 && !names.includes(port.text))
        port.problem(
          'port-missing',
          'high',
          `No Service that it selects has a port ${port.text}.`,
          `Use ${listChoices(names.map(String))}.`,
        );
    }
  }
  for (const { root } of objects.ownOfKind('HorizontalPodAutoscaler', 'ScaledObject')) {
    const target = root.at('spec', 'scaleTargetRef');
    findNamed(target.at('name'), target.at('kind').text ?? 'Deployment', objects);
  }
  for (const { root } of objects.ownOfKind('StatefulSet')) {
    const name = root.at('spec', 'serviceName');
    if (name.text && !objects.find('Service', name.text))
      name.problem(
        'target-missing',
        'high',
        `There is no Service ${name.text}: the pods would have no names.`,
        'Add a headless Service of this name.',
      );
  }
  for (const { root } of objects.ownOfKind('RoleBinding')) {
    const role = root.at('roleRef');
    if (role.at('kind').text === 'Role') findNamed(role.at('name'), 'Role', objects);
    for (const subject of root.at('subjects').items) {
      const isHere =
        subject.at('namespace').text === root.at('metadata', 'namespace').text ||
        !subject.at('namespace').exists;
      if (subject.at('kind').text === 'ServiceAccount' && isHere)
        findNamed(subject.at('name'), 'ServiceAccount', objects);
    }
  }
}

function serviceIsSelected(selector: Field, service: Field): boolean {
  return selector
    .at('matchLabels')
    .entries.every(([key, { value }]) => service.at('metadata', 'labels', key).value === value);
}

function matchesNothing(selector: Field, why: string): void {
  selector.problem(
    'selector-matches-nothing',
    'high',
    `${why}.`,
    'Give the selector the labels that the pods have.',
  );
}
