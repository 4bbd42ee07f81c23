import type { Field } from './field';
import { cronProblem } from './cron';
import { checkTemplateMetadata } from './metadata';
import { checkNumber } from './numbers';
import { checkPodTemplate } from './pod';

const counts = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
  'ttlSecondsAfterFinished',
];

export function checkJob(object: Field): void {
  checkJobSpec(object.at('spec'));
}

export function checkCronJob(object: Field): void {
  const spec = object.at('spec');
  const schedule = spec.at('schedule');
  const problem = schedule.text ? cronProblem(schedule.text) : null;
  if (problem !== null) schedule.invalid(problem, 'Write five fields such as "0 3 * * *".');
  const zone = spec.at('timeZone');
  if (zone.text !== null && !isTimeZone(zone.text))
    zone.invalid(`${JSON.stringify(zone.text)} is no time zone.`, 'Use one such as Etc/UTC.');
  for (const key of ['startingDeadlineSeconds', 'successfulJobsHistoryLimit', 'failedJobsHistoryLimit'])
    checkNumber(spec.at(key), 0);
  checkTemplateMetadata(spec.at('jobTemplate', 'metadata'));
  checkJobSpec(spec.at('jobTemplate', 'spec'));
}

function checkJobSpec(spec: Field): void {
  for (const key of counts) checkNumber(spec.at(key), 0);
  if (spec.at('selector').exists && spec.at('manualSelector').value !== true)
    spec.at('selector').invalid('is made by Kubernetes itself.', 'Remove it.');
  checkPodTemplate(spec.at('template'));
  const restart = spec.at('template', 'spec', 'restartPolicy');
  if (spec.at('template', 'spec').exists && !['OnFailure', 'Never'].includes(restart.text ?? ''))
    restart.invalid('has to be OnFailure or Never: a job ends.', 'Use OnFailure.');
  if (spec.at('completionMode').text === 'Indexed' && !spec.at('completions').exists)
    spec.at('completions').missing('An indexed job says how many.');
}

function isTimeZone(name: string): boolean {
  if (name.toLowerCase() === 'local' || name === '') return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}
