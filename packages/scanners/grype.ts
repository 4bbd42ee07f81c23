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

/** Grype (anchore/grype): `grype oci-dir:<layout>`; report of `--output json`. */
export const grype: Scanner = {
  name: 'grype',

  arguments({ server }) {
    if (server !== null) throw new ScannerError('server: only trivy has one. Choose --scanner=trivy.');
    return ['oci-dir:.', '--output', 'json'];
  },

  parse(output) {
    const report = parseReport('grype', output);
    const { matches, descriptor } = report;
    if (!Array.isArray(matches) || !isRecord(descriptor) || descriptor['name'] !== 'grype')
      throw new ScannerError(`grype: what it wrote is no report of grype. ${notScanned}`);
    return {
      scanner: 'grype',
      version: String(descriptor['version'] ?? 'unknown'),
      vulnerabilities: matches.map(vulnerabilityOf),
      notes: [],
    };
  },
};

function vulnerabilityOf(match: unknown): Vulnerability {
  const { vulnerability, artifact } = isRecord(match) ? match : {};
  if (!isRecord(vulnerability) || !isRecord(artifact))
    throw new ScannerError(`grype: a match in its report is malformed. ${notScanned}`);
  const fix = isRecord(vulnerability['fix']) ? vulnerability['fix'] : {};
  const versions = Array.isArray(fix['versions']) ? fix['versions'] : [];
  const locations = (Array.isArray(artifact['locations']) ? artifact['locations'] : []).filter(isRecord);
  const path = locations[0]?.['path'];
  return {
    id: textOf('grype', vulnerability, 'id'),
    severity: severityOf(vulnerability['severity']),
    package: textOf('grype', artifact, 'name'),
    version: String(artifact['version'] ?? ''),
    fixedIn: fix['state'] === 'fixed' ? versions.map(String) : [],
    path: typeof path === 'string' ? path.replace(/^\//, '') : null,
    layers: locations.map((location) => location['layerID']).filter((layer) => typeof layer === 'string'),
    title: String(vulnerability['description'] ?? '').split('\n')[0] ?? '',
    url: typeof vulnerability['dataSource'] === 'string' ? vulnerability['dataSource'] : null,
  };
}
