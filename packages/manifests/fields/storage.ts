import { listChoices } from '../../service/choices';
import type { Field } from './field';
import { checkFormat, dnsSubdomain, qualifiedName } from './formats';
import { checkQuantity } from './numbers';
import { checkSelector } from './selectors';

const accessModes = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'];

/** `spec` of a PersistentVolumeClaim. */
export function checkClaimSpec(spec: Field): void {
  const modes = spec.at('accessModes');
  if (modes.items.length === 0) modes.missing('Use ReadWriteOnce, or what the storage can do.');
  for (const mode of modes.items)
    if (mode.text !== null && !accessModes.includes(mode.text))
      mode.invalid(`${JSON.stringify(mode.text)} is no access mode.`, `Use ${listChoices(accessModes)}.`);
  if (modes.items.length > 1 && modes.items.some(({ text }) => text === 'ReadWriteOncePod'))
    modes.invalid('ReadWriteOncePod cannot be together with other modes.', 'Keep one of them.');
  const storage = spec.at('resources', 'requests', 'storage');
  if (!storage.exists) storage.missing('Say how much, e.g. 10Gi.');
  else checkQuantity(storage, false);
  if (spec.at('storageClassName').text) checkFormat(spec.at('storageClassName'), dnsSubdomain);
  if (spec.at('volumeMode').text === '')
    spec.at('volumeMode').invalid('is empty.', 'Remove it, or use Filesystem or Block.');
  checkSelector(spec.at('selector'));
}

export function checkClaim(object: Field): void {
  checkClaimSpec(object.at('spec'));
}

export function checkStorageClass(object: Field): void {
  const provisioner = object.at('provisioner');
  if (provisioner.text) checkFormat(provisioner, (text) => qualifiedName(text.toLowerCase()));
  for (const [key, modes] of [
    ['reclaimPolicy', ['Delete', 'Retain']],
    ['volumeBindingMode', ['Immediate', 'WaitForFirstConsumer']],
  ] as const) {
    const { text } = object.at(key);
    if (text && !(modes as readonly string[]).includes(text))
      object.at(key).invalid(`${JSON.stringify(text)} is not allowed here.`, `Use ${listChoices(modes)}.`);
  }
}
