import type { Severity } from '../../packages/images/finding';
import type { ReportedFinding, ScanReport } from './report';

/** GitHub's code scanning sorts by this number (its "security-severity", 0.0 to 10.0); the middle of each band of CVSS. */
const scores: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.5',
  info: '0.0',
};

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/**
 * The report in the Static Analysis Results Interchange Format (OASIS SARIF 2.1.0). What is ignored or in the baseline is there, suppressed. Pure.
 * @param dockerfile file of the workspace that findings about no file in the image are shown at
 */
export function sarifOf(report: ScanReport, dockerfile: string): object {
  const rules = new Map<string, ReportedFinding>();
  for (const finding of report.findings) if (!rules.has(finding.id)) rules.set(finding.id, finding);
  const ids = [...rules.keys()];
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'toolbox', rules: [...rules.values()].map(ruleOf) },
          ...(report.scanner
            ? { extensions: [{ name: report.scanner.name, version: report.scanner.version }] }
            : {}),
        },
        originalUriBaseIds: { IMAGE: { description: { text: `Root of the image ${report.digest}.` } } },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: report.notes.map((text) => ({ level: 'warning', message: { text } })),
          },
        ],
        results: report.findings.map((finding) => resultOf(finding, ids.indexOf(finding.id), dockerfile)),
      },
    ],
  };
}

function ruleOf({ id, severity, why, fix, vulnerability }: ReportedFinding): object {
  return {
    id,
    shortDescription: { text: vulnerability ? `${id} in ${vulnerability.package}` : id.replaceAll('-', ' ') },
    fullDescription: { text: why },
    help: { text: fix },
    ...(vulnerability?.url ? { helpUri: vulnerability.url } : {}),
    defaultConfiguration: { level: levels[severity] },
    properties: {
      'security-severity': scores[severity],
      tags: ['security', vulnerability ? 'vulnerability' : 'audit'],
    },
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
            path === null ? { uri: encode(dockerfile) } : { uri: encode(path), uriBaseId: 'IMAGE' },
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

/** Names in an image may hold anything, half a character of UTF-16 included. */
function encode(path: string): string {
  return Buffer.from(path).toString().split('/').map(encodeURIComponent).join('/');
}
