import {
  isRecord,
  notScanned,
  parseReport,
  ScannerError,
  severityOf,
  textOf,
  type Scanner,
  type Vulnerability,
} from './scanner';

/** Trivy (aquasecurity/trivy): `trivy image --input <layout>`; report of `--format json`, SchemaVersion 2. */
export const trivy: Scanner = {
  name: 'trivy',

  arguments: ({ server }) => [
    'image',
    '--input',
    '.',
    '--format',
    'json',
    '--scanners',
    'vuln',
    '--no-progress',
    ...(server === null ? [] : ['--server', server]),
  ],

  parse(output) {
    const report = parseReport('trivy', output);
    if (report['SchemaVersion'] !== 2)
      throw new ScannerError(
        `trivy: its report has the schema version ${JSON.stringify(report['SchemaVersion'] ?? null)}, expected 2. ${notScanned}`,
      );
    const results = report['Results'] ?? [];
    if (!Array.isArray(results))
      throw new ScannerError(`trivy: the results in its report are no list. ${notScanned}`);
    const { Version: version = 'unknown' } = isRecord(report['Trivy']) ? report['Trivy'] : {};
    return {
      scanner: 'trivy',
      version: String(version),
      vulnerabilities: results.flatMap(vulnerabilitiesOf),
      notes:
        results.length === 0 ? ['trivy recognised no packages in the image: nothing could be compared.'] : [],
    };
  },
};

function vulnerabilitiesOf(result: unknown): Vulnerability[] {
  const list = isRecord(result) ? (result['Vulnerabilities'] ?? []) : null;
  if (!Array.isArray(list))
    throw new ScannerError(`trivy: a result in its report is malformed. ${notScanned}`);
  return list.map((entry: unknown) => {
    if (!isRecord(entry))
      throw new ScannerError(`trivy: a vulnerability in its report is malformed. ${notScanned}`);
    const fixed = entry['FixedVersion'];
    const path = entry['PkgPath'];
    const layer = isRecord(entry['Layer']) ? entry['Layer'] : {};
    return {
      id: textOf('trivy', entry, 'VulnerabilityID'),
      severity: severityOf(entry['Severity']),
      package: textOf('trivy', entry, 'PkgName'),
      version: String(entry['InstalledVersion'] ?? ''),
      fixedIn: typeof fixed === 'string' && fixed !== '' ? fixed.split(/,\s*/) : [],
      path: typeof path === 'string' && path !== '' ? path.replace(/^\//, '') : null,
      layers: [layer['Digest'], layer['DiffID']].filter((digest) => typeof digest === 'string'),
      title: String(entry['Title'] ?? ''),
      url: typeof entry['PrimaryURL'] === 'string' ? entry['PrimaryURL'] : null,
    };
  });
}
