import { suggest } from '../../service/choices';
import type { Field } from '../fields/field';
import type { ObjectSet, Workload } from './object-set';

/** Keys of a ConfigMap or Secret by name; null where they are not known here. */
type Known = ReadonlyMap<string, ReadonlySet<string> | null>;

/** In every namespace. */
const always = { ConfigMap: ['kube-root-ca.crt'], ServiceAccount: ['default'] };

/** ConfigMaps, Secrets, claims and accounts that pods name and nobody makes, and keys that are not in them. */
export function checkConfiguration(objects: ObjectSet): void {
  const known = { ConfigMap: configMapsOf(objects), Secret: secretsOf(objects) };
  const accounts = new Set([
    ...always.ServiceAccount,
    ...objects.ofKind('ServiceAccount').map(({ name }) => name),
  ]);
  const claims = new Set(objects.ofKind('PersistentVolumeClaim').map(({ name }) => name));
  for (const workload of objects.ownWorkloads) {
    for (const { kind, name, key, isOptional } of referencesOf(workload))
      if (!isOptional) checkKey(kind, name, key, known[kind]);
    checkExists(workload.spec.at('serviceAccountName'), accounts, 'ServiceAccount', 'account-missing');
    for (const volume of workload.spec.at('volumes').items)
      checkExists(
        volume.at('persistentVolumeClaim', 'claimName'),
        claims,
        'PersistentVolumeClaim',
        'claim-missing',
      );
  }
  for (const { root } of objects.ownOfKind('Ingress'))
    for (const tls of root.at('spec', 'tls').items) {
      const secret = tls.at('secretName');
      // cert-manager makes it where an annotation says so.
      const isMade = root
        .at('metadata', 'annotations')
        .keys.some((key) => key.startsWith('cert-manager.io/'));
      if (secret.text && !isMade && !known.Secret.has(secret.text))
        secret.problem(
          'secret-missing',
          'medium',
          `There is no Secret ${secret.text} here.`,
          'Add it, or a Certificate of cert-manager that makes it.',
        );
    }
}

interface Reference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: Field;
  /** Null where all keys are taken. */
  readonly key: Field | null;
  readonly isOptional: boolean;
}

function referencesOf({ allContainers, spec }: Workload): readonly Reference[] {
  const of = (
    kind: Reference['kind'],
    source: Field,
    name = 'name',
    key: Field | null = null,
  ): Reference => ({
    kind,
    name: source.at(name),
    key,
    isOptional: source.at('optional').value === true,
  });
  const ofVariables = allContainers.flatMap((container) => [
    ...container.at('env').items.flatMap((variable) => {
      const [map, secret] = [
        variable.at('valueFrom', 'configMapKeyRef'),
        variable.at('valueFrom', 'secretKeyRef'),
      ];
      return [of('ConfigMap', map, 'name', map.at('key')), of('Secret', secret, 'name', secret.at('key'))];
    }),
    ...container
      .at('envFrom')
      .items.flatMap((from) => [
        of('ConfigMap', from.at('configMapRef')),
        of('Secret', from.at('secretRef')),
      ]),
  ]);
  const ofVolume = (kind: Reference['kind'], source: Field, name: string) => {
    const items = source.at('items').items;
    return items.length === 0
      ? [of(kind, source, name)]
      : items.map((item) => of(kind, source, name, item.at('key')));
  };
  const ofVolumes = spec
    .at('volumes')
    .items.flatMap((volume) => [
      ...ofVolume('ConfigMap', volume.at('configMap'), 'name'),
      ...ofVolume('Secret', volume.at('secret'), 'secretName'),
      ...volume
        .at('projected', 'sources')
        .items.flatMap((one) => [
          ...ofVolume('ConfigMap', one.at('configMap'), 'name'),
          ...ofVolume('Secret', one.at('secret'), 'name'),
        ]),
    ]);
  const pulls = spec.at('imagePullSecrets').items.map((secret) => of('Secret', secret));
  return [...ofVariables, ...ofVolumes, ...pulls].filter(({ name }) => name.text !== null);
}

function checkKey(kind: Reference['kind'], name: Field, key: Field | null, known: Known): void {
  const id = kind === 'ConfigMap' ? 'config' : 'secret';
  if (!known.has(name.text!))
    return name.problem(
      `${id}-missing`,
      'high',
      `There is no ${kind} ${name.text}.`,
      suggest(name.text!, [...known.keys()]) || 'Add it.',
    );
  const keys = known.get(name.text!);
  if (key?.text && keys && !keys.has(key.text))
    key.problem(
      `${id}-key-missing`,
      'high',
      `${kind}/${name.text} has no key ${key.text}.`,
      suggest(key.text, [...keys]) || 'Add it.',
    );
}

function checkExists(name: Field, known: ReadonlySet<string>, kind: string, id: string): void {
  if (name.text && !known.has(name.text))
    name.problem(
      id,
      'high',
      `There is no ${kind} ${name.text}.`,
      suggest(name.text, [...known]) || 'Add it.',
    );
}

function configMapsOf(objects: ObjectSet): Known {
  return new Map<string, ReadonlySet<string> | null>([
    ...always.ConfigMap.map((name) => [name, null] as const),
    ...objects
      .ofKind('ConfigMap')
      .map(
        ({ name, root }) =>
          [name, new Set([...root.at('data').keys, ...root.at('binaryData').keys])] as const,
      ),
  ]);
}

/** Secrets themselves, and what operators make Secrets from. */
function secretsOf(objects: ObjectSet): Known {
  return new Map<string, ReadonlySet<string> | null>([
    ...objects
      .ofKind('Certificate')
      .map(({ root }) => [root.at('spec', 'secretName').text ?? '', null] as const),
    ...objects.ofKind('ExternalSecret').map(({ name, root }) => {
      const target = root.at('spec', 'target');
      const isWhole = root.at('spec', 'dataFrom').exists || target.at('template').exists;
      const keys = root.at('spec', 'data').items.map((item) => item.at('secretKey').text ?? '');
      return [target.at('name').text ?? name, isWhole ? null : new Set(keys)] as const;
    }),
    ...objects.ofKind('SealedSecret').map(({ name, root }) => {
      const made = root.at('spec', 'template', 'metadata', 'name').text ?? name;
      return [made, new Set(root.at('spec', 'encryptedData').keys)] as const;
    }),
    ...objects
      .ofKind('Secret')
      .map(
        ({ name, root }) =>
          [name, new Set([...root.at('data').keys, ...root.at('stringData').keys])] as const,
      ),
  ]);
}
