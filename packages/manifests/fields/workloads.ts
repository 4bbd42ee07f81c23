import { listChoices } from '../../service/choices';
import type { Field } from './field';
import { checkFormat, dnsLabel } from './formats';
import { checkNumber, checkNumberOrPercent } from './numbers';
import { checkPodTemplate } from './pod';
import { checkSelector, isEmptySelector, selects } from './selectors';
import { checkClaimSpec } from './storage';

const defaultDeadline = 600;

export function checkDeployment(object: Field): void {
  const spec = object.at('spec');
  checkController(spec);
  const deadline = spec.at('progressDeadlineSeconds');
  checkNumber(deadline, 0);
  if ((deadline.number ?? defaultDeadline) <= (spec.at('minReadySeconds').number ?? 0))
    deadline.invalid('has to be more than minReadySeconds.', 'Raise it.');
  const strategy = spec.at('strategy');
  const rolling = strategy.at('rollingUpdate');
  if (strategy.at('type').text === 'Recreate') {
    if (rolling.exists) rolling.invalid('is not for the type Recreate.', 'Remove it.');
  } else checkRollingUpdate(rolling);
}

export function checkStatefulSet(object: Field): void {
  const spec = object.at('spec');
  const claims = spec.at('volumeClaimTemplates').items;
  checkController(
    spec,
    claims.map((claim) => claim.at('metadata', 'name').text ?? ''),
  );
  for (const claim of claims) {
    if (!claim.at('metadata', 'name').text)
      claim.at('metadata', 'name').missing('It is the name of the volume.');
    checkClaimSpec(claim.at('spec'));
  }
  checkNumber(spec.at('ordinals', 'start'), 0);
  if (spec.at('serviceName').text) checkFormat(spec.at('serviceName'), dnsLabel);
  const strategy = spec.at('updateStrategy');
  checkNumber(strategy.at('rollingUpdate', 'partition'), 0);
  if (strategy.at('type').text === 'OnDelete' && strategy.at('rollingUpdate').exists)
    strategy.at('rollingUpdate').invalid('is not for the type OnDelete.', 'Remove it.');
  for (const key of ['whenDeleted', 'whenScaled'])
    checkChoice(spec.at('persistentVolumeClaimRetentionPolicy', key), ['Retain', 'Delete']);
}

export function checkDaemonSet(object: Field): void {
  const spec = object.at('spec');
  checkController(spec);
  const strategy = spec.at('updateStrategy');
  if (strategy.at('type').text !== 'OnDelete' && strategy.at('rollingUpdate').exists) {
    const unavailable = checkNumberOrPercent(strategy.at('rollingUpdate', 'maxUnavailable'), 100) ?? 1;
    const surge = checkNumberOrPercent(strategy.at('rollingUpdate', 'maxSurge'), 100) ?? 0;
    if ((unavailable === 0) === (surge === 0))
      strategy
        .at('rollingUpdate')
        .invalid('has to give exactly one of maxUnavailable and maxSurge.', 'Make the other one 0.');
  }
}

export function checkReplicaSet(object: Field): void {
  checkController(object.at('spec'));
}

/** One of a closed set that the types do not name. @param isEmptyFine does the API server take the empty text for a value that is not there? */
export function checkChoice(field: Field, choices: readonly string[], isEmptyFine = true): void {
  if (field.text !== null && (field.text !== '' || !isEmptyFine) && !choices.includes(field.text))
    field.invalid(`${JSON.stringify(field.text)} is not allowed here.`, `Use ${listChoices(choices)}.`);
}

/** What all workloads that keep pods running have alike. */
function checkController(spec: Field, claims: readonly string[] = []): void {
  for (const key of ['replicas', 'minReadySeconds', 'revisionHistoryLimit']) checkNumber(spec.at(key), 0);
  const selector = spec.at('selector');
  const template = spec.at('template');
  checkSelector(selector);
  if (selector.exists && isEmptySelector(selector))
    selector.invalid('is empty.', 'Name labels that only the pods of this workload have.');
  else if (selector.exists && !selects(selector, labelsOf(template)))
    template
      .at('metadata', 'labels')
      .invalid(
        'do not match the selector: the workload would not find its own pods.',
        'Give the template the labels that spec.selector names.',
      );
  checkPodTemplate(template, claims);
  const restart = template.at('spec', 'restartPolicy');
  if (restart.text && restart.text !== 'Always') restart.invalid('has to be Always here.', 'Remove it.');
  const deadline = template.at('spec', 'activeDeadlineSeconds');
  if (deadline.exists) deadline.invalid('is not for workloads that run for ever.', 'Remove it.');
}

function labelsOf(template: Field): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    template.at('metadata', 'labels').entries.map(([key, { value }]) => [key, value]),
  );
}

function checkRollingUpdate(rolling: Field): void {
  const unavailable = checkNumberOrPercent(rolling.at('maxUnavailable'), 100);
  const surge = checkNumberOrPercent(rolling.at('maxSurge'));
  if (unavailable === 0 && surge === 0)
    rolling
      .at('maxUnavailable')
      .invalid('and maxSurge are both 0: nothing could ever be replaced.', 'Make one of them 1.');
}
