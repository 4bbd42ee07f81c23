import { levels, sarifLog, sarifProperties, sarifUri } from '../sarif';
import type { ReportedFinding, ScanReport } from './report';

/**
 * The report as SARIF. What is ignored or in the baseline is there, suppressed. Pure.
 * @param dockerfile file of the workspace that findings about no file in the image are shown at
 */
export function sarifOf(report: ScanReport, dockerfile: string): object {
  const rules = new Map<string, ReportedFinding>();
  for (const finding of report.findings) if (!rules.has(finding.id)) rules.set(finding.id, finding);
  const ids = [...rules.keys()];
  return sarifLog({
    rules: [...rules.values()].map(ruleOf),
    results: report.findings.map((finding) => resultOf(finding, ids.indexOf(finding.id), dockerfile)),
    notes: report.notes,
    ...(report.scanner
      ? { extensions: [{ name: report.scanner.name, version: report.scanner.version }] }
      : {}),
    bases: { IMAGE: { description: { text: `Root of the image ${report.digest}.` } } },
  });
}

function ruleOf({ id, severity, why, fix, vulnerability }: ReportedFinding): object {
  return {
    id,
    shortDescription: { text: vulnerability ? `${id} in ${vulnerability.package}` : id.replaceAll('-', ' ') },
    fullDescription: { text: why },
    help: { text: fix },
    ...(vulnerability?.url ? { helpUri: vulnerability.url } : {}),
    defaultConfiguration: { level: levels[severity] },
    properties: sarifProperties(severity, vulnerability ? 'vulnerability' : 'audit'),
  };
}

function resultOf(finding: ReportedFinding, ruleIndex: number, dockerfile: string): object {
  const { id, severity, path, layer, why, fix, state, reason, vulnerability } = finding;
  return {
    ruleId: id,
    ruleIndex,
    level: levels[severity],
    message: { text: `${why} ${fix}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation:
            path === null ? { uri: sarifUri(dockerfile) } : { uri: sarifUri(path), uriBaseId: 'IMAGE' },
          region: { startLine: 1 },
        },
        ...(layer === null ? {} : { logicalLocations: [{ name: layer, kind: 'layer' }] }),
      },
    ],
    partialFingerprints: {
      'toolbox/v1': [
        id,
        path ?? '',
        vulnerability ? `${vulnerability.package}@${vulnerability.version}` : '',
      ].join('|'),
    },
    ...(state === 'ignored' || state === 'baseline'
      ? { suppressions: [{ kind: 'external', justification: reason ?? 'Not fixed in the base image.' }] }
      : {}),
  };
}
