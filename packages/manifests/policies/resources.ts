import type { Field } from '../fields/field';
import type { ObjectSet, Workload } from './object-set';

/** Workloads whose pods end by themselves need no probes. */
const endingKinds = ['Job', 'CronJob', 'ScaledJob'];

/** Requests, limits and probes that are missing. */
export function checkResources(objects: ObjectSet): void {
  const defaults = limitRangeDefaults(objects);
  for (const workload of objects.ownWorkloads) {
    for (const container of workload.allContainers) checkContainer(container, defaults);
    if (!endingKinds.includes(workload.manifest.kind)) checkProbes(workload);
  }
}

interface Defaults {
  readonly requests: ReadonlySet<string>;
  readonly limits: ReadonlySet<string>;
}

function limitRangeDefaults(objects: ObjectSet): Defaults {
  const keys = (part: string) =>
    new Set(
      objects
        .ofKind('LimitRange')
        .flatMap(({ root }) => root.at('spec', 'limits').items)
        .filter((limit) => limit.at('type').text === 'Container')
        .flatMap((limit) => limit.at(part).keys),
    );
  return { requests: keys('defaultRequest'), limits: keys('default') };
}

function checkContainer(container: Field, defaults: Defaults): void {
  const resources = container.at('resources');
  for (const name of ['cpu', 'memory']) {
    const hasRequest = resources.at('requests', name).exists || resources.at('limits', name).exists;
    if (!hasRequest && !defaults.requests.has(name))
      resources
        .at('requests', name)
        .problem(
          'request-missing',
          'high',
          'is missing: the scheduler cannot know where it fits.',
          `Say how much ${name} it needs.`,
        );
  }
  if (!resources.at('limits', 'memory').exists && !defaults.limits.has('memory'))
    resources
      .at('limits', 'memory')
      .problem(
        'limit-missing',
        'high',
        'is missing: a leak takes the whole node down.',
        'Say how much memory it may have.',
      );
  if (!resources.at('limits', 'cpu').exists && !defaults.limits.has('cpu'))
    resources
      .at('limits', 'cpu')
      .problem('limit-missing', 'medium', 'is missing.', 'Say how much CPU it may have.');
}

function checkProbes({ containers }: Workload): void {
  for (const container of containers) {
    const isAsked = container.at('ports').items.length > 0;
    if (isAsked && !container.at('readinessProbe').exists)
      container
        .at('readinessProbe')
        .problem(
          'probe-missing',
          'high',
          'is missing: requests are sent to a container that cannot answer yet.',
          'Add a readinessProbe.',
        );
    if (!container.at('livenessProbe').exists)
      container
        .at('livenessProbe')
        .problem(
          'probe-missing',
          'medium',
          'is missing: a container that hangs is never started again.',
          'Add a livenessProbe.',
        );
  }
}
