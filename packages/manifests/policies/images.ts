import type { Field } from '../fields/field';
import type { ObjectSet } from './object-set';

/** Images that another one can take the place of without anybody saying so. */
export function checkImages(objects: ObjectSet): void {
  for (const { allContainers } of objects.ownWorkloads)
    for (const container of allContainers) checkImage(container.at('image'));
}

function checkImage(image: Field): void {
  if (!image.text || /@sha256:[0-9a-f]{64}$/.test(image.text)) return;
  // A colon before the last slash belongs to the registry's port.
  const tag = /:([^/:]+)$/.exec(image.text)?.[1];
  const fix = 'Name a version, best with its digest.';
  if (tag === undefined)
    return image.problem('image-untagged', 'high', `${image.text} has no tag, which means latest.`, fix);
  if (tag === 'latest')
    return image.problem('image-latest', 'high', `${image.text} is another image tomorrow.`, fix);
  image.problem(
    'image-not-by-digest',
    'low',
    `The tag ${tag} can be moved to another image.`,
    'Name the digest: …@sha256:….',
  );
}
