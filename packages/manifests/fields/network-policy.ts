import type { Field } from './field';
import { checkFormat, cidr } from './formats';
import { checkNumber, checkPortOrName } from './numbers';
import { checkSelector } from './selectors';
import { checkChoice } from './workloads';

export function checkNetworkPolicy(object: Field): void {
  const spec = object.at('spec');
  checkSelector(spec.at('podSelector'));
  for (const type of spec.at('policyTypes').items) checkChoice(type, ['Ingress', 'Egress'], false);
  for (const [direction, peers] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const)
    for (const rule of spec.at(direction).items) {
      for (const port of rule.at('ports').items) checkPolicyPort(port);
      for (const peer of rule.at(peers).items) checkPeer(peer);
    }
}

function checkPolicyPort(port: Field): void {
  const [first, last] = [port.at('port'), port.at('endPort')];
  if (first.exists) checkPortOrName(first);
  if (!last.exists) return;
  if (first.number === null)
    last.invalid('needs a port that is a number beside it.', 'Give the first port as a number.');
  else checkNumber(last, first.number, 65_535);
}

function checkPeer(peer: Field): void {
  const block = peer.at('ipBlock');
  const selectors = ['podSelector', 'namespaceSelector'].map((key) => peer.at(key));
  for (const selector of selectors) checkSelector(selector);
  const isSelecting = selectors.some(({ exists }) => exists);
  if (!block.exists) {
    if (!isSelecting) peer.missing('Give a podSelector, a namespaceSelector or an ipBlock.');
    return;
  }
  if (isSelecting) block.invalid('cannot be together with selectors.', 'Make it a peer of its own.');
  checkFormat(block.at('cidr'), cidr);
  for (const except of block.at('except').items) checkFormat(except, cidr);
}
