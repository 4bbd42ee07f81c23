import type { Severity } from '../packages/images/finding';

/** GitHub's code scanning sorts by this number (its "security-severity", 0.0 to 10.0); the middle of each band of CVSS. */
const scores: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.5',
  info: '0.0',
};

export const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** What a report says in SARIF's terms. */
export interface SarifRun {
  /** One of each kind of finding; a result names its place in this list. */
  readonly rules: readonly object[];
  readonly results: readonly object[];
  /** What the report does not cover. */
  readonly notes: readonly string[];
  /** Programs that found something beside us. */
  readonly extensions?: readonly object[];
  /** What names of files are relative to, where it is not the workspace. */
  readonly bases?: object;
}

/** A document of the Static Analysis Results Interchange Format (OASIS SARIF 2.1.0). Pure. */
export function sarifLog({ rules, results, notes, extensions, bases }: SarifRun): object {
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'toolbox', rules }, ...(extensions ? { extensions } : {}) },
        ...(bases ? { originalUriBaseIds: bases } : {}),
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: notes.map((text) => ({ level: 'warning', message: { text } })),
          },
        ],
        results,
      },
    ],
  };
}

/** How GitHub's code scanning sorts and files a rule. */
export function sarifProperties(severity: Severity, tag: string): object {
  return { 'security-severity': scores[severity], tags: ['security', tag] };
}

/** A path as a part of an address. Names in an image may hold anything, half a character of UTF-16 included. */
export function sarifUri(path: string): string {
  return Buffer.from(path).toString().split('/').map(encodeURIComponent).join('/');
}
