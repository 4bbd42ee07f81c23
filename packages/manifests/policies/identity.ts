import type { Catalogue } from '../catalogue';
import { labelOf, type Manifest } from '../manifest';

/** Objects that are there twice, and namespaces that do not fit together. */
export function checkIdentity(manifests: readonly Manifest[], catalogue: Catalogue): void {
  checkTwice(manifests);
  const declared = manifests.filter(({ kind }) => kind === 'Namespace').map(({ name }) => name);
  const namespaced = manifests.filter(({ apiVersion, kind }) => catalogue.kind(apiVersion, kind)?.namespaced);
  const used = namespaced.flatMap(({ namespace }) => namespace ?? []);
  const expected = declared.length > 0 ? declared : mostFrequent(used);
  for (const { root, namespace, isForeign } of namespaced) {
    if (isForeign || expected.length === 0 || expected.includes(namespace ?? '')) continue;
    root
      .at('metadata', 'namespace')
      .problem(
        'namespace-mismatch',
        'high',
        namespace === null
          ? `names no namespace, the others are in ${expected.join(' and ')}.`
          : `${namespace} is not ${expected.join(' or ')}, where the others are.`,
        'Set namespace in the kustomization.',
      );
  }
}

function checkTwice(manifests: readonly Manifest[]): void {
  const seen = new Map<string, Manifest>();
  for (const manifest of manifests) {
    const { group, kind, namespace, name, root, isForeign } = manifest;
    const key = [group, kind, namespace, name].join('\0');
    const first = seen.get(key);
    seen.set(key, first ?? manifest);
    if (!first || isForeign || name === '') continue;
    const { file, line } = first.placeOf([]);
    root
      .at('metadata', 'name')
      .problem(
        'duplicate-object',
        'high',
        `${labelOf(manifest)} is in ${file}:${line}, too: the one that comes last wins.`,
        'Remove one of the two.',
      );
  }
}

function mostFrequent(names: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return most ? [most[0]] : [];
}
