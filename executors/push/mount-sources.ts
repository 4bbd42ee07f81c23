import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ImageRecord } from '../../packages/images/image-record';
import { readRecord } from '../../packages/images/record';
import { parseReference } from '../../packages/registry/reference';
import type { PushPlan, PushTarget } from './plan';

/** A mount that fails leaves an opened upload behind in the registry: few repositories are asked for each blob. */
const most = 3;

/**
 * Other repositories of the target's registry that may have a blob: those of the workspace's images with that layer, then the one of the base image.
 * @returns a function from a blob's digest to the repositories' paths
 */
export function mountSources(
  { folder, record }: PushPlan,
  { registry, repository }: PushTarget,
): (digest: string) => readonly string[] {
  const byDigest = new Map<string, Set<string>>();
  const note = (digest: string, reference: string) => {
    const found = parsed(reference);
    if (found?.registry !== registry || found.repository === repository) return;
    byDigest.set(digest, (byDigest.get(digest) ?? new Set()).add(found.repository));
  };
  for (const other of [...recordsBeside(folder), record])
    for (const { digest } of other.layers) for (const tag of other.tags) note(digest, tag);
  for (const { digest } of record.layers) note(digest, record.base.name);
  return (digest) => [...(byDigest.get(digest) ?? [])].slice(0, most);
}

/** Records of the other images of the workspace, as far as they are there. */
function recordsBeside(folder: string): readonly ImageRecord[] {
  const images = dirname(folder);
  return readdirSync(images)
    .sort()
    .map((name) => join(images, name))
    .filter((other) => other !== folder)
    .flatMap((other) => {
      try {
        return [readRecord(other)];
      } catch {
        // No image, or one that is being built: it only means one chance less.
        return [];
      }
    });
}

function parsed(reference: string) {
  try {
    return parseReference(reference);
  } catch {
    // `scratch`, or a name with a variable in it.
    return null;
  }
}
