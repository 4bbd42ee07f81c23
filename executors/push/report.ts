import type { BlobOutcome } from '../../packages/registry/push-image';
import { megabytes } from '../../packages/report/megabytes';

/** `dist/reports/<project>/push.json`: where the image is, and what it took to bring it there. Sizes in bytes. */
export interface PushReport {
  readonly schemaVersion: 1;
  readonly project: string;
  /** Digest of the layout, which is the one in every repository. */
  readonly digest: string;
  readonly platforms: readonly string[];
  readonly repositories: readonly RepositoryReport[];
}

export interface RepositoryReport {
  /** With its registry, without a tag. */
  readonly repository: string;
  /** By digest first, then by each tag. */
  readonly references: readonly string[];
  /** Tags that this push created or moved. */
  readonly tagged: readonly string[];
  readonly bytes: {
    readonly uploaded: number;
    readonly mounted: number;
    readonly skipped: number;
    /** Bytes of blobs that travelled; more than `uploaded` where an upload was cut and began anew. */
    readonly sent: number;
  };
  readonly blobs: readonly BlobOutcome[];
}

/** Sums up one repository. Pure. */
export function reportRepository(
  { name, tags }: { readonly name: string; readonly tags: readonly string[] },
  digest: string,
  tagged: readonly string[],
  blobs: readonly BlobOutcome[],
): RepositoryReport {
  const sum = (how: BlobOutcome['how']) =>
    blobs.filter((blob) => blob.how === how).reduce((total, { size }) => total + size, 0);
  return {
    repository: name,
    references: [`${name}@${digest}`, ...tags.map((tag) => `${name}:${tag}`)],
    tagged,
    bytes: {
      uploaded: sum('uploaded'),
      mounted: sum('mounted'),
      skipped: sum('skipped'),
      sent: blobs.reduce((total, { sent }) => total + sent, 0),
    },
    blobs,
  };
}

/** One line per repository. Pure. */
export function formatRepository({ repository, references, bytes, blobs }: RepositoryReport): string {
  const parts = (['uploaded', 'mounted', 'skipped'] as const)
    .map((how) => [how, blobs.filter((blob) => blob.how === how).length] as const)
    .filter(([, count]) => count > 0)
    .map(
      ([how, count]) => `${count} ${how === 'skipped' ? 'there already' : how} (${megabytes(bytes[how])})`,
    );
  const tags = references.slice(1).map((reference) => reference.slice(repository.length));
  return `${references[0]}\n  tags: ${tags.join(' ')}\n  blobs: ${parts.join(', ')}`;
}
