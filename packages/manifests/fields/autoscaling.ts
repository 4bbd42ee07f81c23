import type { Field } from './field';
import { checkFormat, pathSegment } from './formats';
import { checkNumber, checkNumberOrPercent, checkQuantity } from './numbers';
import { checkSelector } from './selectors';
import { checkChoice } from './workloads';

/** Types of metrics and the key of each. */
const sources: Readonly<Record<string, string>> = {
  Resource: 'resource',
  ContainerResource: 'containerResource',
  Pods: 'pods',
  Object: 'object',
  External: 'external',
};

const longestWindow = 3600;
const longestPeriod = 1800;

export function checkAutoscaler(object: Field): void {
  const spec = object.at('spec');
  const [least, most] = [spec.at('minReplicas'), spec.at('maxReplicas')];
  checkNumber(most, 1);
  checkNumber(least, 1);
  if (most.number !== null && least.number !== null && most.number < least.number)
    most.invalid(`${most.number} is less than minReplicas (${least.number}).`, 'Raise it.');
  const target = spec.at('scaleTargetRef');
  checkFormat(target.at('kind'), pathSegment);
  checkFormat(target.at('name'), pathSegment);
  if (!target.at('apiVersion').text?.includes('/'))
    target.at('apiVersion').invalid('names no API group.', 'Write the one of the target, e.g. apps/v1.');
  if (object.at('apiVersion').text === 'autoscaling/v1')
    return checkNumber(spec.at('targetCPUUtilizationPercentage'), 1);
  for (const metric of spec.at('metrics').items) checkMetric(metric);
  for (const key of ['scaleUp', 'scaleDown']) checkBehaviour(spec.at('behavior', key));
}

function checkMetric(metric: Field): void {
  const type = metric.at('type').text ?? '';
  const key = sources[type];
  if (key === undefined) {
    if (type !== '') checkChoice(metric.at('type'), Object.keys(sources));
    return;
  }
  const given = Object.values(sources).filter((one) => metric.at(one).exists);
  if (!given.includes(key)) metric.at(key).missing(`The type ${type} is described there.`);
  for (const other of given.filter((one) => one !== key))
    metric.at(other).invalid(`is not for the type ${type}.`, 'Remove it.');
  checkTarget(metric.at(key, 'target'), key.toLowerCase().includes('resource'));
}

function checkTarget(target: Field, isResource: boolean): void {
  if (!target.exists) return;
  checkChoice(target.at('type'), ['Utilization', 'Value', 'AverageValue']);
  const [utilization, value, average] = ['averageUtilization', 'value', 'averageValue'].map((key) =>
    target.at(key),
  ) as [Field, Field, Field];
  checkNumber(utilization, 1);
  checkQuantity(value, false);
  checkQuantity(average, false);
  if (!isResource) {
    if (!value.exists && !average.exists) average.missing('Say what is aimed at.');
  } else if (utilization.exists === average.exists) {
    if (utilization.exists) utilization.invalid('cannot be together with averageValue.', 'Keep one of them.');
    else utilization.missing('Say what is aimed at, e.g. 70 (per cent of the request).');
  }
}

function checkBehaviour(rules: Field): void {
  if (!rules.exists) return;
  checkNumber(rules.at('stabilizationWindowSeconds'), 0, longestWindow);
  checkChoice(rules.at('selectPolicy'), ['Max', 'Min', 'Disabled'], false);
  for (const policy of rules.at('policies').items) {
    checkChoice(policy.at('type'), ['Pods', 'Percent']);
    checkNumber(policy.at('value'), 1);
    checkNumber(policy.at('periodSeconds'), 1, longestPeriod);
  }
}

export function checkDisruptionBudget(object: Field): void {
  const spec = object.at('spec');
  const [available, unavailable] = [spec.at('minAvailable'), spec.at('maxUnavailable')];
  if (available.exists && unavailable.exists)
    unavailable.invalid('cannot be together with minAvailable.', 'Keep one of them.');
  checkNumberOrPercent(available, 100);
  checkNumberOrPercent(unavailable, 100);
  checkSelector(spec.at('selector'));
  checkChoice(spec.at('unhealthyPodEvictionPolicy'), ['IfHealthyBudget', 'AlwaysAllow']);
}
