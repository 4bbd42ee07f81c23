import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { severities, type Severity } from '../packages/images/finding';
import type { Budget } from '../packages/service/types';
import { TargetError } from './mistakes';

/** `dist/reports/<project>/report/summary.json`: what the workspace's page and a later comparison need of an image. Sizes in bytes. */
export interface ReportSummary {
  readonly schemaVersion: 1;
  readonly project: string;
  /** Digest of the image. */
  readonly digest: string;
  readonly base: { readonly name: string; readonly digest: string | null };
  readonly compressed: number;
  readonly uncompressed: number;
  /** Files that the container sees. */
  readonly files: number;
  /** Bytes of files that later layers overwrite or delete. */
  readonly wasted: number;
  /** Bytes of further copies of the same content. */
  readonly duplicated: number;
  /** Null where the project has none. */
  readonly budget: Budget | null;
  readonly layers: readonly {
    readonly diffId: string;
    readonly instruction: string;
    readonly compressed: number;
    readonly uncompressed: number;
  }[];
  /** Bytes of files below each folder down to the third level. Largest first. */
  readonly folders: Readonly<Record<string, number>>;
  /** Whether `folders` holds all of them. */
  readonly allFolders: boolean;
  /** Package URLs without qualifiers, sorted; null where nobody listed them. */
  readonly packages: readonly string[] | null;
  /** Number of findings that nobody accepted. */
  readonly findings: Readonly<Record<Severity, number>>;
  /** Who looked for vulnerabilities, e.g. `trivy 0.58.0`; null where nobody did. */
  readonly scanner: string | null;
}

/** Folder of a project's report relative to the workspace root. */
export function reportFolder(project: string): string {
  return posix.join('dist/reports', project, 'report');
}

/**
 * Reads a summary; null where there is no such file.
 * @param shown name of the file for messages
 * @throws TargetError where it is none
 */
export function readSummary(file: string, shown: string, fix: string): ReportSummary | null {
  if (!existsSync(file)) return null;
  try {
    const summary = JSON.parse(readFileSync(file, 'utf8')) as Partial<ReportSummary>;
    if (
      summary.schemaVersion === 1 &&
      [summary.digest, summary.project, summary.base?.name].every((text) => typeof text === 'string') &&
      [summary.compressed, summary.uncompressed, summary.files, summary.wasted, summary.duplicated].every(
        Number.isSafeInteger,
      ) &&
      Array.isArray(summary.layers) &&
      (summary.packages === null || Array.isArray(summary.packages)) &&
      typeof summary.folders === 'object' &&
      severities.every((severity) => Number.isSafeInteger(summary.findings?.[severity]))
    )
      return summary as ReportSummary;
  } catch {
    // Falls through to the one message below.
  }
  throw new TargetError(`${shown}: is not a summary of an image's report. ${fix}`);
}
