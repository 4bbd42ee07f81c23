/** From worst to harmless; the order of every report. */
export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;

export type Severity = (typeof severities)[number];

/** Something about an image that somebody should know. A secret is never quoted in it. */
export interface Finding {
  /** Kind of the finding, e.g. `secret-in-env`, or the id of a vulnerability. */
  readonly id: string;
  readonly severity: Severity;
  /** Digest of the layer's blob; null where it is about the image as a whole. */
  readonly layer: string | null;
  /** Path in the image, without leading slash; null where it is about no file. */
  readonly path: string | null;
  readonly why: string;
  readonly fix: string;
}

/** Is the finding at least as bad as `limit`? */
export function reaches(severity: Severity, limit: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf(limit);
}

/** Worst first, then by kind and place: the same order for the same image. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    compare(a.id, b.id) ||
    compare(a.path ?? '', b.path ?? '') ||
    compare(a.layer ?? '', b.layer ?? '') ||
    compare(a.why, b.why)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
