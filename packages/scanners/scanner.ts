import type { Severity } from '../images/finding';

/** A known vulnerability of a package in an image, as any scanner reports it. */
export interface Vulnerability {
  /** E.g. `CVE-2019-18276` or `GHSA-…`. */
  readonly id: string;
  readonly severity: Severity;
  readonly package: string;
  readonly version: string;
  /** Versions without the vulnerability; empty where there is none (yet), or where nobody will make one. */
  readonly fixedIn: readonly string[];
  /** Path in the image, without leading slash, where the scanner knows it. */
  readonly path: string | null;
  /** What the scanner calls the layer: digest of its blob or of its archive. */
  readonly layers: readonly string[];
  readonly title: string;
  readonly url: string | null;
}

export interface ScanResult {
  readonly scanner: string;
  readonly version: string;
  readonly vulnerabilities: readonly Vulnerability[];
  /** What the user should know, e.g. that the scanner recognised no packages. */
  readonly notes: readonly string[];
}

export interface ScanRequest {
  /** Folder with an OCI layout of one image. */
  readonly layout: string;
  /** Address of a Trivy server that has the database. */
  readonly server: string | null;
}

/** One scanner: how it is called and how its output is read. Nothing else knows its options. */
export interface Scanner {
  readonly name: 'trivy' | 'grype';
  /** Arguments for the layout in the working folder. @throws ScannerError where the scanner cannot do what is asked */
  arguments(request: ScanRequest): readonly string[];
  /** @throws ScannerError where the output is not what the scanner writes */
  parse(output: string): ScanResult;
}

/** A scanner that is missing, failed, hung or wrote what cannot be read: the message is one clear line. */
export class ScannerError extends Error {
  override readonly name = 'ScannerError';
}

/** The scanner's report as JSON. @throws ScannerError */
export function parseReport(scanner: string, output: string): Record<string, unknown> {
  if (output.trim() === '') throw new ScannerError(`${scanner}: wrote no report. ${notScanned}`);
  try {
    const report: unknown = JSON.parse(output);
    if (isRecord(report)) return report;
  } catch {
    // Falls through to the one message below.
  }
  throw new ScannerError(`${scanner}: its report is not JSON. ${notScanned}`);
}

export const notScanned = 'The image was not scanned for vulnerabilities.';

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Scanners write severities in different cases; what they do not know is taken for medium. */
export function severityOf(word: unknown): Severity {
  const name = typeof word === 'string' ? word.toLowerCase() : '';
  if (name === 'critical' || name === 'high' || name === 'low') return name;
  return name === 'negligible' ? 'info' : 'medium';
}

/** A field that has to be there. @throws ScannerError */
export function textOf(scanner: string, record: Record<string, unknown>, key: string): string {
  const value = record[key];
  if (typeof value === 'string' && value !== '') return value;
  throw new ScannerError(`${scanner}: a vulnerability in its report has no ${key}. ${notScanned}`);
}
