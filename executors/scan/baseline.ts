import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TargetError } from '../mistakes';
import type { ReportedFinding } from './report';

/** A vulnerability that came with the base image and that nobody has fixed yet. */
export interface BaselineEntry {
  readonly id: string;
  readonly package: string;
  readonly version: string;
}

/** @param file relative to the workspace root. @throws TargetError where it is no baseline */
export function readBaseline(root: string, file: string): readonly BaselineEntry[] {
  try {
    const { schemaVersion, findings } = JSON.parse(readFileSync(join(root, file), 'utf8')) as {
      schemaVersion?: unknown;
      findings?: readonly Partial<BaselineEntry>[];
    };
    if (schemaVersion === 1 && Array.isArray(findings) && findings.every(isEntry))
      return findings as BaselineEntry[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new TargetError(`${file}: does not exist.`);
  }
  throw new TargetError(`${file}: is not a baseline. Write it anew: --updateBaseline.`);
}

/** The default baseline is there or not; one that is named has to be. */
export function hasBaseline(root: string, file: string): boolean {
  return existsSync(join(root, file));
}

/** What a new baseline holds: the same text for the same findings. */
export function baselineText(findings: readonly ReportedFinding[]): string {
  const entries = findings
    .flatMap(({ id, vulnerability }) =>
      vulnerability?.baseUnfixed
        ? [{ id, package: vulnerability.package, version: vulnerability.version }]
        : [],
    )
    .map((entry) => JSON.stringify(entry));
  const list = [...new Set(entries)].sort().map((entry) => JSON.parse(entry) as BaselineEntry);
  return `${JSON.stringify({ schemaVersion: 1, findings: list }, null, 2)}\n`;
}

function isEntry(entry: Partial<BaselineEntry> | null): boolean {
  return [entry?.id, entry?.package, entry?.version].every((value) => typeof value === 'string');
}
