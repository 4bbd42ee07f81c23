import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { grype } from './grype';
import { runScanner, type ScannerCall } from './run-scanner';
import type { Scanner } from './scanner';
import { trivy } from './trivy';

const recorded = (name: string) => readFileSync(join(__dirname, 'fixtures', name), 'utf8');

describe('recorded reports', () => {
  it('reads what Trivy writes', () => {
    const { vulnerabilities, version, notes } = trivy.parse(recorded('trivy-debian-buster.json'));
    const layers = [
      'sha256:4a56a430b2bac33260d6449e162017e2b23076c6411a17b46db67f5b84dde2bd',
      'sha256:78c1b9419976227e05be9d243b7fa583bea44a5258e52018b2af4cdfe23d148d',
    ];
    expect({ version, notes }).toEqual({ version: 'dev', notes: [] });
    expect(vulnerabilities).toEqual([
      {
        id: 'CVE-2019-18276',
        severity: 'low',
        package: 'bash',
        version: '5.0-4',
        fixedIn: [],
        path: null,
        layers,
        title: 'bash: when effective UID is not equal to its real UID the saved UID is not dropped',
        url: 'https://avd.aquasec.com/nvd/cve-2019-18276',
      },
      {
        id: 'CVE-2019-18224',
        severity: 'critical',
        package: 'libidn2-0',
        version: '2.0.5-1',
        fixedIn: ['2.0.5-1+deb10u1'],
        path: null,
        layers,
        title: 'libidn2: heap-based buffer overflow in idn2_to_ascii_4i in lib/lookup.c',
        url: 'https://avd.aquasec.com/nvd/cve-2019-18224',
      },
    ]);
  });

  it('reads what Grype writes', () => {
    const { vulnerabilities, version } = grype.parse(recorded('grype-0.28.json'));
    expect(version).toBe('0.28.0');
    const rows = vulnerabilities.map(({ id, severity, package: name, fixedIn }) => [
      id,
      severity,
      name,
      fixedIn,
    ]);
    expect(rows).toEqual([
      ['CVE-2004-0971', 'info', 'libgssapi-krb5-2', []],
      ['CVE-2021-32626', 'high', 'redis', []],
      ['CVE-2021-33574', 'critical', 'libc-bin', []],
      ['CVE-2021-33574', 'critical', 'libc6', []],
      ['GHSA-v6rh-hp5x-86rv', 'high', 'Django', ['3.2.10']],
      ['GHSA-v6rh-hp5x-86rv', 'high', 'Django', ['3.2.10']],
    ]);
    expect(vulnerabilities[0]).toMatchObject({
      path: expect.stringMatching(/^[^/]/),
      layers: expect.arrayContaining([expect.stringMatching(/^sha256:88a5584c6af8c/)]),
    });
  });
});

it.each<[Scanner, string, RegExp]>([
  [trivy, '', /^trivy: wrote no report\./],
  [trivy, 'Usage: trivy', /^trivy: its report is not JSON\./],
  [trivy, '[]', /^trivy: its report is not JSON\./],
  [trivy, '{}', /^trivy: its report has the schema version null, expected 2\./],
  [trivy, '{"SchemaVersion":3}', /schema version 3/],
  [trivy, '{"SchemaVersion":2,"Results":{}}', /the results in its report are no list/],
  [trivy, '{"SchemaVersion":2,"Results":[{"Vulnerabilities":[{}]}]}', /has no VulnerabilityID/],
  [grype, '{}', /^grype: what it wrote is no report of grype\./],
  [grype, '{"SchemaVersion":2}', /no report of grype/],
  [grype, '{"matches":[{}],"descriptor":{"name":"grype"}}', /a match in its report is malformed/],
])('never takes what it cannot read for a clean report: %# %s', ({ parse }, output, message) => {
  expect(() => parse(output)).toThrow(message);
  expect(() => parse(output)).toThrow(/The image was not scanned for vulnerabilities\.$/);
});

it('says where Trivy recognised nothing at all', () => {
  expect(trivy.parse('{"SchemaVersion":2}').notes).toEqual([
    'trivy recognised no packages in the image: nothing could be compared.',
  ]);
});

describe('running', () => {
  let folder: string;
  const path = process.env['PATH'];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'toolbox-scanners-'));
    process.env['PATH'] = folder;
  });
  afterEach(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true, force: true });
  });

  const call = (changes: Partial<ScannerCall> = {}) =>
    runScanner({ scanner: 'auto', layout: folder, server: null, timeout: 20, container: null, ...changes });

  /** A program of that name whose behaviour is one of a real scanner's. */
  function program(name: string, script: string): void {
    process.env['PATH'] = `${folder}${delimiter}${path}`;
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }

  it('is an error without a scanner', async () => {
    await expect(call()).rejects.toThrow(
      /^trivy and grype are not installed \(not on PATH\)\. .*was not scanned/,
    );
    await expect(call({ scanner: 'grype' })).rejects.toThrow(/^grype is not installed/);
  });

  it('takes the scanner that is there', async () => {
    program('grype', `cat ${join(__dirname, 'fixtures', 'grype-0.28.json')}`);
    // No trivy must be found beside it.
    process.env['PATH'] = `${folder}${delimiter}/usr/bin${delimiter}/bin`;
    expect(await call()).toMatchObject({ scanner: 'grype' });
  });

  it('hands a server to Trivy, and to nobody else', async () => {
    program('trivy', 'printf %s "$*" > arguments; echo \'{"SchemaVersion":2}\'');
    await call({ server: 'http://trivy.example.com' });
    expect(readFileSync(join(folder, 'arguments'), 'utf8')).toBe(
      'image --input . --format json --scanners vuln --no-progress --server http://trivy.example.com',
    );
    await expect(call({ scanner: 'grype', server: 'http://x' })).rejects.toThrow(
      /^server: only trivy has one/,
    );
  });

  it('is an error where the scanner has no database, in the scanner’s own words', async () => {
    // What Grype 0.120 writes without one, colours and all.
    program(
      'grype',
      `printf '[0000]  WARN unable to check for vulnerability database update\\n[0002] ERROR \\033[31mfailed to load vulnerability db: database does not exist\\033[0m\\n' >&2; exit 1`,
    );
    await expect(call({ scanner: 'grype' })).rejects.toThrow(
      /^grype: ended with 1: ERROR failed to load vulnerability db: database does not exist\. The image was not scanned/,
    );
  });

  it('is an error where the scanner is killed, or says nothing', async () => {
    program('trivy', 'kill -9 $$');
    await expect(call({ scanner: 'trivy' })).rejects.toThrow(
      /^trivy: was ended by SIGKILL: it did not say why\./,
    );
    program('trivy', 'exit 0');
    await expect(call({ scanner: 'trivy' })).rejects.toThrow(/^trivy: wrote no report\./);
  });

  it('ends a scanner that hangs, and what it started', async () => {
    program('trivy', 'sleep 60');
    await expect(call({ scanner: 'trivy', timeout: 0.2 })).rejects.toThrow(
      /^trivy: had not ended after 0\.2 s/,
    );
  });
});
