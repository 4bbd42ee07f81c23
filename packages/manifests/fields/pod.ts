import { checkContainers } from './containers';
import type { Field } from './field';
import { checkFormat, dnsLabel, dnsSubdomain, ipAddress } from './formats';
import { checkTemplateMetadata } from './metadata';
import { checkNumber } from './numbers';
import { checkScheduling } from './scheduling';
import { checkIdentity } from './security-context';
import { checkVolumes } from './volumes';

const defaultGrace = 30;

/** A pod's template in a workload. @param claims names of the volumes that the workload's claim templates give */
export function checkPodTemplate(template: Field, claims: readonly string[] = []): void {
  checkTemplateMetadata(template.at('metadata'));
  checkPodSpec(template.at('spec'), claims);
}

/** `spec` of a pod. */
export function checkPodSpec(spec: Field, claims: readonly string[] = []): void {
  if (!spec.exists) return spec.missing('Describe the pod.');
  checkVolumes(spec);
  const volumes = spec.at('volumes').items.map((volume) => volume.at('name').text ?? '');
  checkContainers(spec, {
    volumes: new Set([...claims, ...volumes]),
    graceSeconds: spec.at('terminationGracePeriodSeconds').number ?? defaultGrace,
  });
  checkNumber(spec.at('terminationGracePeriodSeconds'), 0);
  checkNumber(spec.at('activeDeadlineSeconds'), 1);
  checkIdentity(spec.at('securityContext'));
  checkScheduling(spec);
  checkNames(spec);
  if (spec.at('dnsPolicy').text === 'None' && spec.at('dnsConfig', 'nameservers').items.length === 0)
    spec.at('dnsConfig', 'nameservers').missing('dnsPolicy None needs one name server at least.');
  if (spec.at('shareProcessNamespace').value === true && spec.at('hostPID').value === true)
    spec.at('shareProcessNamespace').invalid('cannot be together with hostPID.', 'Remove one of them.');
}

function checkNames(spec: Field): void {
  for (const key of ['serviceAccountName', 'nodeName', 'runtimeClassName', 'priorityClassName'])
    if (spec.at(key).text) checkFormat(spec.at(key), dnsSubdomain);
  for (const key of ['hostname', 'subdomain']) if (spec.at(key).text) checkFormat(spec.at(key), dnsLabel);
  for (const alias of spec.at('hostAliases').items) {
    checkFormat(alias.at('ip'), ipAddress);
    for (const name of alias.at('hostnames').items) checkFormat(name, dnsSubdomain);
  }
}
