import type { Field } from './field';
import { checkFormat, descendingPath, dnsLabel, dnsSubdomain } from './formats';
import { checkNumber, checkQuantity } from './numbers';
import { checkDistinct, checkExactlyOne } from './one-of';
import { checkSource } from './environment';
import { checkClaimSpec } from './storage';

const mostMode = 0o777;

/** `volumes` of a pod: all keys but the name are sources. */
export function checkVolumes(spec: Field): void {
  const volumes = spec.at('volumes').items;
  checkDistinct(
    volumes.map((volume) => volume.at('name')),
    'volume',
  );
  for (const volume of volumes) {
    checkFormat(volume.at('name'), dnsLabel);
    const sources = volume.keys.filter((key) => key !== 'name');
    // Without a source it is an emptyDir.
    const source = checkExactlyOne(volume, sources, false);
    if (source) checkVolumeSource(source);
  }
}

function checkVolumeSource(source: Field): void {
  switch (source.path.at(-1)) {
    case 'emptyDir':
      checkQuantity(source.at('sizeLimit'));
      break;
    case 'secret':
      if (!source.at('secretName').text) source.at('secretName').missing('Name the secret.');
      checkFiles(source);
      break;
    case 'configMap':
      if (!source.at('name').text) source.at('name').missing('Name the ConfigMap.');
      checkFiles(source);
      break;
    case 'downwardAPI':
      checkNumber(source.at('defaultMode'), 0, mostMode);
      for (const item of source.at('items').items) checkDownward(item);
      break;
    case 'projected':
      checkNumber(source.at('defaultMode'), 0, mostMode);
      for (const one of source.at('sources').items) checkProjection(one);
      break;
    case 'hostPath':
      checkBackSteps(source.at('path'));
      break;
    case 'persistentVolumeClaim':
      checkFormat(source.at('claimName'), dnsSubdomain);
      break;
    case 'nfs':
      if (source.at('path').text && !source.at('path').text!.startsWith('/'))
        source.at('path').invalid('is no absolute path.', 'Start it with a slash.');
      break;
    case 'ephemeral':
      if (!source.at('volumeClaimTemplate').exists)
        source.at('volumeClaimTemplate').missing('Describe the claim.');
      else checkClaimSpec(source.at('volumeClaimTemplate', 'spec'));
  }
}

function checkProjection(projection: Field): void {
  const source = checkExactlyOne(projection, [
    'secret',
    'configMap',
    'downwardAPI',
    'serviceAccountToken',
    'clusterTrustBundle',
    'podCertificate',
  ]);
  if (!source) return;
  const kind = source.path.at(-1);
  if (kind === 'secret' || kind === 'configMap') {
    if (!source.at('name').text) source.at('name').missing('Say which object.');
    checkFiles(source);
  }
  if (kind === 'downwardAPI') for (const item of source.at('items').items) checkDownward(item);
  if (kind === 'serviceAccountToken') {
    checkFormat(source.at('path'), descendingPath);
    checkNumber(source.at('expirationSeconds'), 600, 2 ** 32);
  }
}

function checkFiles(source: Field): void {
  checkNumber(source.at('defaultMode'), 0, mostMode);
  for (const item of source.at('items').items) {
    checkFormat(item.at('path'), descendingPath);
    checkNumber(item.at('mode'), 0, mostMode);
  }
}

function checkDownward(item: Field): void {
  checkFormat(item.at('path'), descendingPath);
  const source = checkExactlyOne(item, ['fieldRef', 'resourceFieldRef']);
  if (source) checkSource(source);
}

function checkBackSteps(path: Field): void {
  if (path.text?.split('/').includes('..')) path.invalid('has .. in it.', 'Name the folder itself.');
}

/** `volumeMounts` of a container. @param names of the pod's volumes, those from claim templates too */
export function checkMounts(container: Field, names: ReadonlySet<string>): void {
  const mounts = container.at('volumeMounts').items;
  checkDistinct(
    mounts.map((mount) => mount.at('mountPath')),
    'mount',
  );
  for (const mount of mounts) {
    const name = mount.at('name');
    if (name.text && !names.has(name.text))
      name.invalid(
        `The pod has no volume ${name.text}.`,
        `Add it to volumes, or use one of ${[...names].join(', ') || 'those'}.`,
      );
    checkFormat(mount.at('subPath'), descendingPath);
    checkFormat(mount.at('subPathExpr'), descendingPath);
    if (mount.at('subPath').text && mount.at('subPathExpr').text)
      mount.invalid('has subPath and subPathExpr.', 'Keep one of them.');
  }
}
