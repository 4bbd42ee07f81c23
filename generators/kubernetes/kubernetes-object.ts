import type { Stack } from '../../packages/service/types';

/** An object of the Kubernetes API; the namespace is set by the overlay. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: object;
  readonly data?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly automountServiceAccountToken?: boolean;
}

/** Labels that pods are selected by: they never change, a selector cannot. */
export function selectorOf(name: string, { name: stack }: Stack): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': stack };
}

/** Labels of every object that belongs to `name`. */
export function labelsOf(name: string, stack: Stack): Readonly<Record<string, string>> {
  return { ...selectorOf(name, stack), 'app.kubernetes.io/managed-by': 'toolbox' };
}

/** `kind: HorizontalPodAutoscaler` of `api` in the folder of `api` -> `horizontal-pod-autoscaler.yaml`; of `api-beat` with its name first. */
export function fileOf({ kind, metadata: { name } }: KubernetesObject, owner: string): string {
  const kebab = kind
    .replace(/^HTTP/, 'Http')
    .replace(/(?<!^)[A-Z]/g, '-$&')
    .toLowerCase();
  return `${name === owner ? '' : `${name}-`}${kebab}.yaml`;
}
