import { existsSync, readFileSync } from 'node:fs';
import { severities, type Finding } from '../../packages/images/finding';

/** A finding as the page shows it. */
export interface ShownFinding extends Finding {
  /** Whether an ignore list or the baseline of docker-scan accepts it. */
  readonly accepted: boolean;
  /** Why it is accepted. */
  readonly reason: string | null;
}

/** What docker-scan left on the disk. */
export type ScanOnDisk =
  | { readonly state: 'none' }
  /** It is about an earlier image. */
  | { readonly state: 'other' }
  | {
      readonly state: 'current';
      /** Null where vulnerabilities were not scanned. */
      readonly scanner: string | null;
      readonly findings: readonly ShownFinding[];
      readonly notes: readonly string[];
    };

interface Report {
  readonly schemaVersion: number;
  readonly digest: string;
  readonly scanner: { readonly name: string; readonly version: string } | null;
  readonly notes: readonly string[];
  readonly findings: readonly (Finding & { readonly state: string; readonly reason: string | null })[];
}

/** Reads the report of docker-scan, of which the page only shows one about this very image. */
export function readScan(file: string, digest: string): ScanOnDisk {
  if (!existsSync(file)) return { state: 'none' };
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  if (report.schemaVersion !== 1 || report.digest !== digest) return { state: 'other' };
  const { scanner, notes, findings } = report;
  return {
    state: 'current',
    scanner: scanner === null ? null : `${scanner.name} ${scanner.version}`,
    notes,
    findings: findings
      .filter(({ severity }) => severities.includes(severity))
      .map(({ id, severity, layer, path, why, fix, state, reason }) => {
        const accepted = state === 'ignored' || state === 'baseline';
        const known = state === 'baseline' ? 'in the baseline' : null;
        return { id, severity, layer, path, why, fix, accepted, reason: reason ?? known };
      }),
  };
}
