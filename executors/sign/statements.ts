import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readProvenance } from '../../packages/images/provenance';
import type { ImageRecord } from '../../packages/images/image-record';
import { TargetError } from '../mistakes';
import { sbomFiles } from '../sbom-files';
import type { AttestationKind } from '../signature';

/** Something to attest of an image. */
export interface Statement {
  readonly kind: AttestationKind;
  readonly predicate: unknown;
}

/** The parts of the documents that name the image. */
interface CycloneDx {
  readonly metadata?: { readonly component?: { readonly version?: unknown } };
}
interface Spdx {
  readonly packages?: readonly { readonly versionInfo?: unknown }[];
}

/**
 * Reads what is to be attested.
 * @throws TargetError, ImageError where something is missing or about another image
 */
export function readStatements(
  kinds: readonly AttestationKind[],
  folder: string,
  { digest }: ImageRecord,
  project: string,
  root: string,
): readonly Statement[] {
  const files = sbomFiles(project);
  const read: Readonly<Record<AttestationKind, () => unknown>> = {
    provenance: () => readProvenance(folder, digest, project).predicate,
    cyclonedx: () =>
      readList(files.cyclonedx, (list: CycloneDx) => list.metadata?.component?.version === digest),
    spdx: () =>
      readList(files.spdx, (list: Spdx) => list.packages?.some(({ versionInfo }) => versionInfo === digest)),
  };
  return kinds.map((kind) => ({ kind, predicate: read[kind]() }));

  function readList<T>(file: string, isAboutImage: (list: T) => boolean | undefined): T {
    const again = `Run nx docker-sbom ${project}, or leave it out of attestations.`;
    let list: T;
    try {
      list = JSON.parse(readFileSync(join(root, file), 'utf8')) as T;
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      throw new TargetError(`${file}: ${missing ? 'does not exist' : 'is not JSON'}. ${again}`);
    }
    if (list === null || !isAboutImage(list))
      throw new TargetError(`${file}: is not about ${digest}. ${again}`);
    return list;
  }
}
