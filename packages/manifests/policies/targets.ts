import type { Field } from '../fields/field';
import { isEmptySelector } from '../fields/selectors';
import { listChoices } from '../../service/choices';
import type { ObjectSet } from './object-set';

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
  for (const { root } of objects.ownOfKind('HorizontalPodAutoscaler', 'ScaledObject'))
    checkReference(
      root.at('spec', 'scaleTargetRef'),
      root.at('spec', 'scaleTargetRef', 'kind').text ?? 'Deployment',
      objects,
    );
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
    if (role.at('kind').text === 'Role') checkReference(role, 'Role', objects);
    for (const subject of root.at('subjects').items) {
      const isHere =
        subject.at('namespace').text === root.at('metadata', 'namespace').text ||
        !subject.at('namespace').exists;
      if (subject.at('kind').text === 'ServiceAccount' && isHere)
        checkReference(subject, 'ServiceAccount', objects);
    }
  }
}

function serviceIsSelected(selector: Field, service: Field): boolean {
  return selector
    .at('matchLabels')
    .entries.every(([key, { value }]) => service.at('metadata', 'labels', key).value === value);
}

function checkReference(reference: Field, kind: string, objects: ObjectSet): void {
  const name = reference.at('name');
  if (!name.text || objects.find(kind, name.text)) return;
  const others = objects.ofKind(kind).map((one) => one.name);
  name.problem(
    'target-missing',
    'high',
    `There is no ${kind} ${name.text}.`,
    others.length > 0 ? `Use ${listChoices(others)}, or add it.` : 'Add it.',
  );
}

function matchesNothing(selector: Field, why: string): void {
  selector.problem(
    'selector-matches-nothing',
    'high',
    `${why}.`,
    'Give the selector the labels that the pods have.',
  );
}
