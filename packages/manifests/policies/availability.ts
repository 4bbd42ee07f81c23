import type { Field } from '../fields/field';
import type { ObjectSet } from './object-set';

/** Budgets and autoscalers that get in each other's way. */
export function checkAvailability(objects: ObjectSet): void {
  const scaled = new Map(
    objects
      .ofKind('HorizontalPodAutoscaler')
      .map(({ root }) => [root.at('spec', 'scaleTargetRef', 'name').text ?? '', root] as const),
  );
  for (const { manifest } of objects.ownWorkloads) {
    const replicas = manifest.root.at('spec', 'replicas');
    if (scaled.has(manifest.name) && replicas.exists && manifest.kind !== 'CronJob')
      replicas.problem(
        'replicas-with-autoscaler',
        'low',
        'is set on every deploy, against the autoscaler.',
        'Remove it.',
      );
  }
  for (const { root } of objects.ownOfKind('PodDisruptionBudget')) {
    const budget = root.at('spec');
    for (const { manifest } of objects.selected(budget.at('selector'))) {
      const least =
        scaled.get(manifest.name)?.at('spec', 'minReplicas').number ??
        manifest.root.at('spec', 'replicas').number ??
        1;
      checkBudget(budget, least, manifest.name);
    }
  }
}

function checkBudget(budget: Field, replicas: number, name: string): void {
  const kept = budget.at('minAvailable');
  const away = budget.at('maxUnavailable');
  const blocks =
    kept.number !== null
      ? kept.number >= replicas
      : kept.text === '100%' || away.value === 0 || away.value === '0%';
  if (blocks)
    (kept.exists ? kept : away).problem(
      'budget-blocks-drain',
      'medium',
      `With ${replicas} pods of ${name}, none may ever be moved: a node cannot be drained.`,
      'Use maxUnavailable: 1.',
    );
}
