import type { SizeAnalysis } from '../../packages/images/analyse';
import type { Duplicates } from '../../packages/images/duplicates';
import { severities, type Severity } from '../../packages/images/finding';
import type { ImageRecord } from '../../packages/images/image-record';
import type { Budget } from '../../packages/service/types';
import type { ReportSummary } from '../report-summary';
import type { PackageReading } from './packages';
import type { ShownFinding } from './scan-result';

/** All that the page of an image says. */
export interface ImageReport {
  readonly record: ImageRecord;
  /** Which of the image's platforms it is about. */
  readonly platform: string;
  /** With all files, not only the largest. */
  readonly analysis: SizeAnalysis;
  readonly duplicates: Duplicates;
  /** Number of layers, from the first, that are the base image's. */
  readonly baseLayers: number;
  readonly budget: Budget | null;
  /** Worst first. */
  readonly findings: readonly ShownFinding[];
  /** Who looked for vulnerabilities; null where nobody did. */
  readonly scanner: string | null;
  /** What the findings do not cover. */
  readonly notes: readonly string[];
  /** Null where nobody listed them. */
  readonly packages: PackageReading | null;
  /** The image that it is compared with. */
  readonly before: ReportSummary | null;
  /** File that `before` comes from, or would come from, relative to the workspace root. */
  readonly baselineFile: string;
}

const deepestFolder = 3;
const mostFolders = 400;

/** The part of a report that other reports are made of. Pure. */
export function summarise(report: ImageReport): ReportSummary {
  const { record, analysis, duplicates, budget, findings, scanner, packages } = report;
  const folders = foldersOf(analysis);
  return {
    schemaVersion: 1,
    project: record.project,
    digest: record.digest,
    base: { name: record.base.name, digest: record.base.digest },
    compressed: analysis.compressed,
    uncompressed: analysis.uncompressed,
    files: analysis.files,
    wasted: analysis.wasted,
    duplicated: duplicates.wasted,
    budget,
    layers: analysis.layers.map(({ digest, instruction, compressed, uncompressed }) => ({
      diffId: record.layers.find((layer) => layer.digest === digest)?.diffId ?? digest,
      instruction,
      compressed,
      uncompressed,
    })),
    folders: Object.fromEntries(folders.slice(0, mostFolders)),
    allFolders: folders.length <= mostFolders && analysis.largest.length === analysis.files,
    packages: packages && packages.packages.map(({ purl }) => purl).sort(),
    findings: countFindings(findings),
    scanner,
  };
}

/** How many findings of each severity nobody accepted. */
export function countFindings(findings: readonly ShownFinding[]): Readonly<Record<Severity, number>> {
  const count = (severity: Severity) =>
    findings.filter((finding) => finding.severity === severity && !finding.accepted).length;
  return Object.fromEntries(severities.map((severity) => [severity, count(severity)])) as Record<
    Severity,
    number
  >;
}

function foldersOf({ largest }: SizeAnalysis): readonly (readonly [string, number])[] {
  const folders = new Map<string, number>();
  for (const { path, bytes } of largest) {
    const parts = path.split('/', deepestFolder + 1);
    for (let level = 1; level <= Math.min(deepestFolder, parts.length - 1); level += 1) {
      const folder = parts.slice(0, level).join('/');
      folders.set(folder, (folders.get(folder) ?? 0) + bytes);
    }
  }
  return [...folders].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}
