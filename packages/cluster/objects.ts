/** An object as it is sent to the API server. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** What names an object inside its namespace. */
export type ObjectRef = Readonly<Record<'apiVersion' | 'kind' | 'name', string>>;

export function refOf({ apiVersion, kind, metadata: { name } }: KubernetesObject): ObjectRef {
  return { apiVersion, kind, name };
}

/** `Deployment/api`, for people. */
export function labelOf({ kind, name }: ObjectRef): string {
  return `${kind}/${name}`;
}

/** Another version of the same API holds the same object. */
export function isSame(one: ObjectRef, other: ObjectRef): boolean {
  return one.kind === other.kind && one.name === other.name && groupOf(one) === groupOf(other);
}

/** `one` without what is in `other`. */
export function without(one: readonly ObjectRef[], other: readonly ObjectRef[]): readonly ObjectRef[] {
  return one.filter((ref) => !other.some((there) => isSame(ref, there)));
}

/** As kubectl names a kind without guessing: `Deployment.v1.apps/api`, `Service.v1./api`. */
export function exactName({ apiVersion, kind, name }: ObjectRef): string {
  const [version, group] = apiVersion.split('/').reverse() as [string, string | undefined];
  return `${kind}.${version}.${group ?? ''}/${name}`;
}

function groupOf({ apiVersion }: ObjectRef): string {
  return apiVersion.includes('/') ? apiVersion.split('/')[0]! : '';
}

export function withLabel(object: KubernetesObject, key: string, value: string): KubernetesObject {
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, [key]: value } } };
}

/** The values of Secrets among the objects, as they could turn up in a message. */
export function secretValues(objects: readonly KubernetesObject[]): readonly string[] {
  return objects
    .filter(({ kind }) => kind === 'Secret')
    .flatMap((secret) => [secret['data'], secret['stringData']])
    .flatMap((values) => Object.values((values ?? {}) as Record<string, unknown>))
    .filter((value): value is string => typeof value === 'string');
}
