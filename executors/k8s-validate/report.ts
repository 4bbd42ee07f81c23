import { reaches, severities, type Severity } from '../../packages/images/finding';
import type { ManifestFinding } from '../../packages/manifests/finding';
import type { IgnoreEntry } from '../ignore-list';
import { printable } from '../printable';
import { levels, sarifLog, sarifProperties, sarifUri } from '../sarif';
import { table } from '../table';

/** A finding with what became of it. */
export interface ReportedFinding extends ManifestFinding {
  /** In which it is; empty where it is in all, or the files have no environments. */
  readonly environments: readonly string[];
  readonly state: 'blocks' | 'mild' | 'ignored';
  /** Why it is ignored. */
  readonly reason: string | null;
}

/** `dist/reports/<project>/k8s.json` */
export interface K8sReport {
  readonly schemaVersion: 1;
  readonly project: string;
  readonly kubernetesVersion: string;
  /** Mildest severity that fails. */
  readonly severity: Severity;
  /** How many objects were checked, in all environments together. */
  readonly objects: number;
  readonly passed: boolean;
  readonly findings: readonly ReportedFinding[];
}

export interface Judged {
  readonly project: string;
  readonly kubernetesVersion: string;
  readonly severity: Severity;
  readonly objects: number;
  /** By environment; the empty name stands for what has none. */
  readonly found: ReadonlyMap<string, readonly ManifestFinding[]>;
  readonly ignored: readonly IgnoreEntry<'object' | 'path'>[];
}

/** Judges what was found; what is the same in several environments is said once. Pure. */
export function judgeManifests({ found, ignored, ...facts }: Judged): K8sReport {
  const merged = new Map<string, ManifestFinding & { environments: string[] }>();
  for (const [environment, findings] of found)
    for (const finding of findings) {
      const key = [finding.id, finding.file, finding.line, finding.object, finding.path, finding.why].join(
        '\0',
      );
      const known = merged.get(key) ?? { ...finding, environments: [] };
      if (environment !== '' && !known.environments.includes(environment))
        known.environments.push(environment);
      merged.set(key, known);
    }
  const findings = [...merged.values()].map((finding): ReportedFinding => {
    const accepted = ignored.find(
      ({ id, object, path }) =>
        id === finding.id &&
        (object === undefined || object === finding.object) &&
        (path === undefined || path === finding.path),
    );
    if (accepted) return { ...finding, state: 'ignored', reason: accepted.reason };
    return { ...finding, state: reaches(finding.severity, facts.severity) ? 'blocks' : 'mild', reason: null };
  });
  return {
    schemaVersion: 1,
    ...facts,
    passed: findings.every(({ state }) => state !== 'blocks'),
    findings: findings.sort(compare),
  };
}

function compare(a: ReportedFinding, b: ReportedFinding): number {
  const text = (one: ReportedFinding) =>
    `${one.file}\0${String(one.line).padStart(6)}\0${one.id}\0${one.path}`;
  return severities.indexOf(a.severity) - severities.indexOf(b.severity) || (text(a) < text(b) ? -1 : 1);
}

/** The report as text for a terminal. Pure. */
export function formatManifestReport(report: K8sReport): string {
  const listed = report.findings.filter(({ state }) => state !== 'ignored');
  const count = (state: ReportedFinding['state']) =>
    report.findings.filter((one) => one.state === state).length;
  const rows = listed.map(({ state, severity, id, file, line, object, path, why }) => [
    state === 'blocks' ? '!' : '',
    severity,
    id,
    `${file}:${line}`,
    printable([object, path].filter((one) => one !== null).join(' '), 60),
    printable(why, 90),
  ]);
  return [
    `${report.project}  ${report.objects} objects, Kubernetes ${report.kubernetesVersion}`,
    '',
    ...(rows.length > 0 ? [...table(['', 'severity', 'finding', 'where', 'object', 'why'], rows), ''] : []),
    `Findings: ${count('blocks') + count('mild')}, ${count('ignored')} ignored`,
    `Limit ${report.severity}: ${report.passed ? 'passed' : `FAILED (${count('blocks')})`}`,
    '',
  ]
    .map((line) => line.trimEnd())
    .join('\n');
}

/** The report as SARIF. Pure. */
export function manifestSarif({ findings }: K8sReport): object {
  const rules = [...new Map(findings.map((finding) => [finding.id, finding])).values()];
  return sarifLog({
    rules: rules.map(({ id, severity, fix }) => ({
      id,
      shortDescription: { text: id.replaceAll('-', ' ') },
      help: { text: fix },
      defaultConfiguration: { level: levels[severity] },
      properties: sarifProperties(severity, 'kubernetes'),
    })),
    results: findings.map(({ id, severity, file, line, object, path, why, fix, state, reason }) => ({
      ruleId: id,
      ruleIndex: rules.findIndex((rule) => rule.id === id),
      level: levels[severity],
      message: { text: `${[object, path].filter((one) => one !== null).join(' ')}: ${why} ${fix}` },
      locations: [
        { physicalLocation: { artifactLocation: { uri: sarifUri(file) }, region: { startLine: line } } },
      ],
      partialFingerprints: { 'toolbox/v1': [id, file, object ?? '', path ?? ''].join('|') },
      ...(state === 'ignored' ? { suppressions: [{ kind: 'external', justification: reason }] } : {}),
    })),
    notes: [],
  });
}
