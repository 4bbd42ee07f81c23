import type { Field } from './field';
import { checkFormat, cidr, dnsLabel, dnsSubdomain, ipAddress, qualifiedName } from './formats';
import { checkNumber, checkPort, checkPortOrName } from './numbers';
import { checkDistinct } from './one-of';
import { checkLabels } from './selectors';
import { checkChoice } from './workloads';

const longestAffinity = 86_400;

export function checkService(object: Field): void {
  const spec = object.at('spec');
  const type = spec.at('type').text ?? 'ClusterIP';
  const address = spec.at('clusterIP');
  const isHeadless = address.text === 'None';
  const ports = spec.at('ports').items;
  if (ports.length === 0 && !isHeadless && type !== 'ExternalName')
    spec.at('ports').missing('Name the ports that it listens on.');
  checkPorts(ports, type);
  checkLabels(spec.at('selector'));
  if (isHeadless && ['NodePort', 'LoadBalancer'].includes(type))
    address.invalid(`cannot be None for the type ${type}.`, 'Remove it.');
  if (address.text && !isHeadless) checkFormat(address, ipAddress);
  if (type === 'ExternalName') checkExternalName(spec);
  checkForType(spec, type);
  checkAffinity(spec);
  for (const family of spec.at('ipFamilies').items) checkChoice(family, ['IPv4', 'IPv6']);
  checkChoice(spec.at('trafficDistribution'), ['PreferClose', 'PreferSameZone', 'PreferSameNode']);
  for (const range of spec.at('loadBalancerSourceRanges').items) checkFormat(range, cidr);
  for (const one of spec.at('externalIPs').items) checkFormat(one, ipAddress);
}

function checkPorts(ports: readonly Field[], type: string): void {
  checkDistinct(
    ports.map((port) => port.at('name')),
    'port',
  );
  const seen = new Set<string>();
  for (const port of ports) {
    const name = port.at('name');
    if (name.text) checkFormat(name, dnsLabel);
    else if (ports.length > 1) name.missing('Where there are several ports, each has a name.');
    checkPort(port.at('port'));
    if (
      port.at('targetPort').exists &&
      port.at('targetPort').value !== 0 &&
      port.at('targetPort').text !== ''
    )
      checkPortOrName(port.at('targetPort'));
    checkFormat(port.at('appProtocol'), qualifiedName);
    const nodePort = port.at('nodePort');
    if (nodePort.number && type === 'ClusterIP')
      nodePort.invalid('is not for the type ClusterIP.', 'Remove it.');
    else if (nodePort.number) checkNumber(nodePort, 30_000, 32_767);
    const key = `${port.at('protocol').text ?? 'TCP'} ${port.at('port').number}`;
    if (seen.has(key)) port.invalid(`${key} is there twice.`, 'Give each port its own.');
    seen.add(key);
  }
}

function checkExternalName(spec: Field): void {
  const name = spec.at('externalName');
  if (!name.text) name.missing('Say which host it stands for.');
  else checkFormat(name, (text) => dnsSubdomain(text.replace(/\.$/, '')));
  if (spec.at('clusterIP').text)
    spec.at('clusterIP').invalid('is not for the type ExternalName.', 'Remove it.');
}

function checkForType(spec: Field, type: string): void {
  const isOutside = type === 'NodePort' || type === 'LoadBalancer';
  const only = (key: string, isFine: boolean, types: string) => {
    const field = spec.at(key);
    if (field.exists && field.value !== '' && field.value !== 0 && !isFine)
      field.invalid(`is only for the type ${types}.`, 'Remove it.');
  };
  only(
    'externalTrafficPolicy',
    isOutside || spec.at('externalIPs').items.length > 0,
    'NodePort or LoadBalancer',
  );
  only('allocateLoadBalancerNodePorts', type === 'LoadBalancer', 'LoadBalancer');
  only('loadBalancerClass', type === 'LoadBalancer', 'LoadBalancer');
  only('loadBalancerSourceRanges', type === 'LoadBalancer', 'LoadBalancer');
  only(
    'healthCheckNodePort',
    type === 'LoadBalancer' && spec.at('externalTrafficPolicy').text === 'Local',
    'LoadBalancer with externalTrafficPolicy: Local',
  );
}

function checkAffinity(spec: Field): void {
  const config = spec.at('sessionAffinityConfig');
  if (spec.at('sessionAffinity').text === 'ClientIP')
    checkNumber(config.at('clientIP', 'timeoutSeconds'), 1, longestAffinity);
  else if (config.exists) config.invalid('is only for sessionAffinity: ClientIP.', 'Remove it.');
}
