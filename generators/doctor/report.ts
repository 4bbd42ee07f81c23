import type { Finding } from '../../packages/doctor/check';

const marks: Readonly<Record<Finding['severity'], string>> = {
  ok: 'ok',
  missing: 'missing',
  problem: 'PROBLEM',
};

/** The findings as text for a terminal, what to do below what is wrong. Pure. */
export function formatFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ id }) => id.length));
  const lines = findings.flatMap(({ id, severity, found, fix }) => [
    `  ${marks[severity].padEnd('PROBLEM'.length)}  ${id.padEnd(width)}  ${found}`,
    ...(fix === null ? [] : [`${' '.repeat('PROBLEM'.length + width + 6)}${fix}`]),
  ]);
  return ['', ...lines, ''].join('\n');
}
