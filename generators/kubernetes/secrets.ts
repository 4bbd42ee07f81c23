import { slugOf } from '../../packages/service/slug';
import type { RenderedFile } from '../../packages/files/types';
import { serialiseYaml } from '../../packages/files/serialise';
import type { Service, Stack } from '../../packages/service/types';
import { namespaceOf } from '../../packages/service/kubernetes-names';
import { stackRoot } from '../../packages/workspace/stack-root';
import { header } from './kustomize';
import { labelsOf, type KubernetesObject } from './kubernetes-object';

/** What stands in the place of a secret: no base64, so the API server refuses it on every way that it can come. */
export const placeholder = '<a placeholder: the secret itself has no place in git>';

/**
 * An object for each secret of the services. Never with a working value: a Secret that the API server refuses, or an ExternalSecret.
 */
export function secretObjects(
  services: readonly Service[],
  stack: Stack,
  environment: string | null,
): readonly KubernetesObject[] {
  const names = [...new Set(services.flatMap(({ secrets }) => secrets))].sort();
  return names.map((secret) => {
    const name = slugOf(secret);
    const labels = labelsOf(name, stack);
    if (stack.kubernetes?.secrets !== 'external')
      return {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, labels },
        type: 'Opaque',
        data: { [secret]: placeholder },
      };
    return {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name, labels },
      spec: {
        refreshInterval: '1h',
        secretStoreRef: { kind: 'ClusterSecretStore', name: stack.kubernetes.secretStore },
        target: { name, creationPolicy: 'Owner', deletionPolicy: 'Retain' },
        data: [
          {
            secretKey: secret,
            remoteRef: { key: `${namespaceOf(stack, environment ?? 'dev')}/${secret}` },
          },
        ],
      },
    };
  });
}

/** Tells `k8s-validate` that the placeholders are meant to be refused; nothing where there are none. */
export function acceptedPlaceholders(objects: readonly KubernetesObject[]): readonly RenderedFile[] {
  const names = new Set(objects.filter(({ kind }) => kind === 'Secret').map(({ metadata }) => metadata.name));
  if (names.size === 0) return [];
  const entries = [...names].sort().map((name) => ({
    id: 'wrong-type',
    object: `Secret/${name}`,
    reason: 'A placeholder: the API server refuses it, as it should, until something else makes the Secret.',
  }));
  return [
    {
      path: `${stackRoot}/k8s-ignore.yaml`,
      content: serialiseYaml(entries, { header }),
      ownership: 'generated',
    },
  ];
}
