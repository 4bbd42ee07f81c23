import type { Severity } from '../images/finding';
import { labelOf, type Manifest } from './manifest';
import { formatPath } from './problem';
import type { TextProblem } from './read/parse-documents';

/** Something that is wrong with a manifest, where it is written, and what to do. */
export interface ManifestFinding {
  readonly id: string;
  readonly severity: Severity;
  /** Relative to the workspace root, POSIX. */
  readonly file: string;
  readonly line: number;
  /** `Deployment/api`; null where it is about the file's text. */
  readonly object: string | null;
  /** `spec.template.spec.containers[0].image`; null where it is about the whole. */
  readonly path: string | null;
  readonly why: string;
  readonly fix: string;
}

/** What was found on an object, with its places. */
export function findingsOf(manifest: Manifest): readonly ManifestFinding[] {
  return manifest.problems.map(({ id, severity, path, why, fix }) => ({
    id,
    severity,
    ...manifest.placeOf(path),
    object: labelOf(manifest),
    path: formatPath(path) || null,
    why,
    fix,
  }));
}

export function findingOfText({ id, file, line, why, fix }: TextProblem): ManifestFinding {
  return { id, severity: 'high', file, line, object: null, path: null, why, fix };
}
