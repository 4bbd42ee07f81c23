import type { ImageRecord } from '../packages/images/image-record';
import { parseReference, repositoryName, type Reference } from '../packages/registry/reference';
import { TargetError } from './mistakes';
import type { TaskProject } from './project-image';

/**
 * The repositories of an image in registries, with the references that led to them: those that it was built for, or the one that is chosen.
 * @throws TargetError where none names its registry
 */
export function imageRepositories(
  repository: string | undefined,
  record: ImageRecord,
  project: TaskProject,
): ReadonlyMap<string, readonly Reference[]> {
  const recorded = record.tags.map(parseReference);
  if (repository !== undefined) {
    const chosen = parseReference(repository);
    if (!chosen.named || chosen.tag || chosen.digest)
      throw new TargetError(
        `${project.name}: --repository: ${repository} is no repository such as registry.example.com/acme/api (with its registry, without a tag).`,
      );
    return new Map([[repositoryName(chosen), [{ ...chosen, tag: recorded[0]?.tag ?? null }]]]);
  }
  const byName = new Map<string, Reference[]>();
  for (const reference of recorded.filter(({ named }) => named))
    byName.set(repositoryName(reference), [...(byName.get(repositoryName(reference)) ?? []), reference]);
  if (byName.size === 0)
    throw new TargetError(
      `${project.name}: its image ${record.tags[0] ?? ''} names no registry. Set registry in infrastructure/toolbox.yaml, e.g. to registry.example.com/acme, or name one: --repository=registry.example.com/acme/${project.name}`,
    );
  return byName;
}
