import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from './kubernetes-object';

type Values = Readonly<Record<string, unknown>>;

/**
 * Lists that a strategic merge patch merges, and the key that tells their entries apart: `patchMergeKey` of Kubernetes' own API. All other
 * lists are replaced.
 */
const mergeKeys: Readonly<Record<string, string>> = {
  containers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
};

/** What makes `to` of `from` as a strategic merge patch, or null where they are the same. */
export function patchOf(from: KubernetesObject, to: KubernetesObject): object | null {
  const { apiVersion, kind, metadata } = to;
  const changes = mapChanges(from as unknown as Values, to as unknown as Values);
  if (changes === null) return null;
  const { metadata: changed, ...rest } = changes as { metadata?: object };
  return { apiVersion, kind, metadata: { name: metadata.name, ...changed }, ...rest };
}

/** What takes an object of the base away. */
export function removalOf({ apiVersion, kind, metadata: { name } }: KubernetesObject): object {
  return { $patch: 'delete', apiVersion, kind, metadata: { name } };
}

function mapChanges(from: Values, to: Values): Values | null {
  const entries = [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((key) => {
    const [before, after] = [from[key], to[key]];
    if (isDeepStrictEqual(before, after)) return [];
    // Null takes a key away.
    return [[key, after === undefined ? null : changesOf(key, before, after)]];
  });
  return entries.length === 0 ? null : (Object.fromEntries(entries) as Values);
}

function changesOf(key: string, before: unknown, after: unknown): unknown {
  if (isMap(before) && isMap(after)) return mapChanges(before, after);
  const mergeKey = mergeKeys[key];
  if (mergeKey === undefined || !Array.isArray(before) || !Array.isArray(after)) return after;
  return listChanges(before as readonly Values[], after as readonly Values[], mergeKey);
}

function listChanges(before: readonly Values[], after: readonly Values[], key: string): readonly Values[] {
  const find = (list: readonly Values[], entry: Values) => list.find((one) => one[key] === entry[key]);
  return [
    ...after.flatMap((entry) => {
      const old = find(before, entry);
      if (!old) return [entry];
      const changes = mapChanges(old, entry);
      return changes ? [{ [key]: entry[key], ...changes }] : [];
    }),
    ...before
      .filter((entry) => !find(after, entry))
      .map((entry) => ({ $patch: 'delete', [key]: entry[key] })),
  ];
}

function isMap(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
