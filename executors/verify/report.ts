import { escapeMarkup as xml } from '../../packages/report/markup';
import { table } from '../table';
import { checkIds, checkTitles, type CheckId, type CheckResult, type VerifyReport } from './result';

/** Checks with their results, in the order in which they are made. */
export function byCheck(report: VerifyReport): readonly (readonly [CheckId, readonly CheckResult[]])[] {
  return checkIds
    .map((id) => [id, report.results.filter(({ check }) => check === id)] as const)
    .filter(([, results]) => results.length > 0);
}

/** The report as text for a terminal. Pure. */
export function formatVerifyReport(report: VerifyReport): string {
  const rows = byCheck(report).map(([id, results]) => {
    const failed = results.filter(({ passed }) => !passed).length;
    return [
      failed === 0 ? 'ok' : 'FAILED',
      id,
      failed === 0 ? `${results.length}` : `${results.length - failed} of ${results.length}`,
      `${(report.seconds[id] ?? 0).toFixed(1)} s`,
      checkTitles[id],
    ];
  });
  const lines = [
    `${report.stack} (${report.environment}): ${report.passed ? 'everything is as described' : 'NOT as described'}`,
    '',
    ...table(['', 'check', 'passed', 'time', ''], rows),
  ];
  const failures = report.results.filter(({ passed }) => !passed);
  for (const { check, subject, expected, found, fix } of failures)
    lines.push('', `  ${check}: ${subject}: expected ${expected}, found ${found}.`, `    ${fix}`);
  for (const { check, reason } of report.skipped) lines.push('', `  ${check}: skipped: ${reason}`);
  return lines.join('\n');
}

/** JUnit's XML, as CI servers read it: a suite for each check, a case for each subject. Pure. */
export function formatJUnit(report: VerifyReport): string {
  const suites = byCheck(report).map(([id, results]) => {
    const failed = results.filter(({ passed }) => !passed).length;
    const cases = results.map(({ subject, passed, expected, found, fix }) => {
      const open = `    <testcase classname="${xml(`verify.${id}`)}" name="${xml(subject)}"`;
      if (passed) return `${open}/>`;
      const message = `expected ${expected}, found ${found}`;
      return `${open}>\n      <failure message="${xml(message)}">${xml(fix ?? '')}</failure>\n    </testcase>`;
    });
    const time = (report.seconds[id] ?? 0).toFixed(3);
    return `  <testsuite name="${xml(id)}" tests="${results.length}" failures="${failed}" time="${time}">\n${cases.join('\n')}\n  </testsuite>`;
  });
  const skipped = report.skipped.map(
    ({ check, reason }) =>
      `  <testsuite name="${xml(check)}" tests="1" failures="0" skipped="1">\n    <testcase classname="${xml(`verify.${check}`)}" name="${xml(check)}">\n      <skipped message="${xml(reason)}"/>\n    </testcase>\n  </testsuite>`,
  );
  const failures = report.results.filter(({ passed }) => !passed).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="verify" tests="${report.results.length + report.skipped.length}" failures="${failures}">`,
    ...suites,
    ...skipped,
    '</testsuites>',
    '',
  ].join('\n');
}
