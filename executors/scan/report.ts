import {
  compareFindings,
  reaches,
  severities,
  type Finding,
  type Severity,
} from '../../packages/images/finding';
import type { ScanResult, Vulnerability } from '../../packages/scanners/scanner';
import type { IgnoreEntry } from '../ignore-list';
import { printable } from '../printable';
import { table } from '../table';
import type { BaselineEntry } from './baseline';

/** A finding with what became of it. */
export interface ReportedFinding extends Finding {
  /** Null for a finding of the audit. */
  readonly vulnerability: {
    readonly package: string;
    readonly version: string;
    readonly fixedIn: readonly string[];
    readonly url: string | null;
    /** In a layer of the base image, and without a fix: what a baseline may hold. */
    readonly baseUnfixed: boolean;
  } | null;
  /** `ignored`: accepted in an ignore list. `baseline`: the base image's, and nobody has fixed it. `mild`: below the limit. */
  readonly state: 'blocks' | 'mild' | 'ignored' | 'baseline';
  /** Why it is ignored. */
  readonly reason: string | null;
}

/** `dist/reports/<project>/scan.json` */
export interface ScanReport {
  readonly schemaVersion: 1;
  readonly project: string;
  readonly digest: string;
  /** Mildest severity that fails. */
  readonly severity: Severity;
  /** Null: vulnerabilities were not scanned. */
  readonly scanner: { readonly name: string; readonly version: string } | null;
  readonly passed: boolean;
  readonly notes: readonly string[];
  readonly findings: readonly ReportedFinding[];
}

export interface Judged {
  readonly project: string;
  readonly digest: string;
  readonly severity: Severity;
  readonly audit: readonly Finding[];
  /** Null: vulnerabilities were not scanned. */
  readonly scan: ScanResult | null;
  readonly ignored: readonly IgnoreEntry<'package' | 'path'>[];
  readonly baseline: readonly BaselineEntry[];
  /** Every layer's blob by its digest and by the one of its archive, and whether it is the base image's. */
  readonly layers: ReadonlyMap<string, { readonly digest: string; readonly base: boolean }>;
}

const notScanned = 'Vulnerabilities were NOT scanned (scanner: none): this report is about the audit only.';

/** Judges what the audit and the scanner found. Pure. */
export function judgeScan(judged: Judged): ScanReport {
  const { project, digest, severity, audit, scan } = judged;
  const findings = [
    ...audit.map((finding) => ({ ...finding, vulnerability: null })),
    ...(scan?.vulnerabilities ?? []).map((vulnerability) => findingOf(vulnerability, judged)),
  ].map((finding) => ({ ...finding, ...stateOf(finding, judged) }));
  return {
    schemaVersion: 1,
    project,
    digest,
    severity,
    scanner: scan ? { name: scan.scanner, version: scan.version } : null,
    passed: findings.every(({ state }) => state !== 'blocks'),
    notes: scan ? scan.notes : [notScanned],
    findings: findings.sort(compareFindings),
  };
}

type Unjudged = Omit<ReportedFinding, 'state' | 'reason'>;

function findingOf(found: Vulnerability, { layers }: Judged): Unjudged {
  const { id, severity, package: name, version, fixedIn, path, title, url } = found;
  // Trivy gives a layer two names, of which one may be none of ours.
  const places = found.layers.flatMap((layer) => layers.get(layer) ?? []);
  const base = places.length > 0 && places.every((place) => place.base);
  return {
    id,
    severity,
    layer: places[0]?.digest ?? null,
    path,
    why: `${name} ${version}${title === '' ? '' : `: ${title}`}`,
    fix:
      fixedIn.length > 0
        ? `Update ${name} to ${fixedIn.join(' or ')}${base ? ' (with a newer base image)' : ''}.`
        : 'Nobody has fixed it yet. Do without the package, or accept it with a reason in the ignore list.',
    vulnerability: { package: name, version, fixedIn, url, baseUnfixed: base && fixedIn.length === 0 },
  };
}

function stateOf(
  finding: Unjudged,
  { ignored, baseline, severity }: Judged,
): Pick<ReportedFinding, 'state' | 'reason'> {
  const { vulnerability } = finding;
  const accepted = ignored.find(
    (entry) =>
      entry.id === finding.id &&
      (entry.path === undefined || entry.path.replace(/^\//, '') === finding.path) &&
      (entry.package === undefined || entry.package === vulnerability?.package),
  );
  if (accepted) return { state: 'ignored', reason: `${accepted.reason} (until ${accepted.expires})` };
  const known =
    vulnerability?.baseUnfixed &&
    baseline.some(
      (entry) =>
        entry.id === finding.id &&
        entry.package === vulnerability.package &&
        entry.version === vulnerability.version,
    );
  if (known) return { state: 'baseline', reason: null };
  return { state: reaches(finding.severity, severity) ? 'blocks' : 'mild', reason: null };
}

/** The report as text for a terminal. Pure. */
export function formatScanReport(report: ScanReport): string {
  const scanner = report.scanner
    ? `audit and ${report.scanner.name} ${report.scanner.version}`
    : 'audit only';
  const lines = [`${report.project}  ${report.digest}  (${scanner})`, ''];
  const listed = report.findings.filter(
    ({ state, severity }) => state === 'blocks' || (state === 'mild' && severity !== 'info'),
  );
  if (listed.length > 0)
    lines.push(
      ...table(
        ['', 'severity', 'finding', 'where', 'why'],
        listed.map(({ state, severity, id, path, why }) => [
          state === 'blocks' ? '!' : '',
          severity,
          id,
          printable(path ?? '', 60),
          printable(why, 100),
        ]),
      ),
      '',
    );
  const count = (state: ReportedFinding['state']) =>
    report.findings.filter((one) => one.state === state).length;
  const bySeverity = severities
    .map((severity) => [severity, report.findings.filter((one) => one.severity === severity).length] as const)
    .filter(([, number]) => number > 0)
    .map(([severity, number]) => `${number} ${severity}`);
  lines.push(
    `Findings: ${bySeverity.join(', ') || 'none'}; ${count('ignored')} ignored, ${count('baseline')} in the baseline`,
    ...report.notes,
    `Limit ${report.severity}: ${report.passed ? 'passed' : `FAILED (${count('blocks')})`}`,
  );
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}
