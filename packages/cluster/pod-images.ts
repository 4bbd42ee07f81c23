import type { KubernetesObject } from './objects';

interface Container {
  readonly image?: string;
}

/** Where the pods of each kind are described. */
const podSpecs: Readonly<Record<string, readonly string[]>> = {
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  Deployment: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  Pod: ['spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
};

/** The images that the objects' containers name, sorted, each once. */
export function imagesIn(objects: readonly KubernetesObject[]): readonly string[] {
  const found = new Set<string>();
  for (const object of objects)
    withContainers(object, (container) => {
      if (container.image !== undefined) found.add(container.image);
      return container;
    });
  return [...found].sort();
}

/**
 * The objects with every container that runs the repository of `image`, whatever its tag, on that image. One that names no registry is
 * meant, too: it is built as `acme/api` and pushed to `registry.example.com/acme/api`.
 * @param image `repository@sha256:…`
 */
export function withImage(objects: readonly KubernetesObject[], image: string): readonly KubernetesObject[] {
  const repository = repositoryOf(image);
  const isMeant = (name: string) => {
    const own = repositoryOf(name);
    return own === repository || (!hasRegistry(own) && repository.endsWith(`/${own}`));
  };
  return objects.map((object) =>
    withContainers(object, (container) =>
      container.image !== undefined && isMeant(container.image) ? { ...container, image } : container,
    ),
  );
}

/** `registry:5000/acme/api:dev@sha256:…` -> `registry:5000/acme/api` */
export function repositoryOf(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
}

function hasRegistry(repository: string): boolean {
  const [first, ...rest] = repository.split('/') as [string, ...string[]];
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
}

function withContainers(
  object: KubernetesObject,
  change: (container: Container) => Container,
): KubernetesObject {
  const path = podSpecs[object.kind];
  return path === undefined ? object : (changeIn(object, path, change) as KubernetesObject);
}

function changeIn(value: unknown, path: readonly string[], change: (one: Container) => Container): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const record = value as Readonly<Record<string, unknown>>;
  const [key, ...rest] = path;
  if (key !== undefined) return { ...record, [key]: changeIn(record[key], rest, change) };
  const changed = ['initContainers', 'containers']
    .filter((list) => Array.isArray(record[list]))
    .map((list) => [list, (record[list] as readonly Container[]).map(change)]);
  return { ...record, ...Object.fromEntries(changed) };
}
