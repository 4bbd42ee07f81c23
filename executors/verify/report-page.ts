import { escapeMarkup } from '../../packages/report/markup';
import { renderPage } from '../../packages/report/page-shell';
import { pageStyle } from '../../packages/report/page-style';
import { byCheck } from './report';
import { checkTitles, type CheckId, type CheckResult, type VerifyReport } from './result';

/** The report as one page that needs nothing else: no script, no request. Every text of the stack is escaped. Pure. */
export function formatVerifyPage(report: VerifyReport): string {
  const failures = report.results.filter(({ passed }) => !passed).length;
  const verdict = report.passed
    ? `<p class="verdict good">Everything is as described: ${report.results.length} results.</p>`
    : `<p class="verdict bad">Not as described: ${failures} of ${report.results.length} results failed.</p>`;
  const title = `Verification of ${report.stack} (${report.environment})`;
  return renderPage({
    title,
    style: pageStyle,
    body: [
      `<h1>${escapeMarkup(title)}</h1>`,
      verdict,
      ...byCheck(report).map(([id, results]) => section(id, results, report.seconds[id] ?? 0)),
      ...report.skipped.map(
        ({ check, reason }) =>
          `<details><summary><span>skipped</span><span>${escapeMarkup(checkTitles[check])}</span></summary><div class="scroll"><table><tr><td>${escapeMarkup(reason)}</td></tr></table></div></details>`,
      ),
    ],
  });
}

/** What failed stands open. */
function section(id: CheckId, results: readonly CheckResult[], seconds: number): string {
  const failed = results.filter(({ passed }) => !passed).length;
  const mark =
    failed === 0 ? '<span class="good">passed</span>' : `<span class="bad">${failed} failed</span>`;
  const rows = [...results].sort((a, b) => Number(a.passed) - Number(b.passed)).map(row);
  return [
    `<details${failed === 0 ? '' : ' open'}>`,
    `<summary>${mark}<span>${escapeMarkup(checkTitles[id])}</span><span class="time">${results.length} × ${escapeMarkup(id)}, ${seconds.toFixed(1)} s</span></summary>`,
    '<div class="scroll"><table><thead><tr><th scope="col">Result</th><th scope="col">Subject</th><th scope="col">Expected</th><th scope="col">Found</th></tr></thead><tbody>',
    ...rows,
    '</tbody></table></div></details>',
  ].join('\n');
}

function row({ passed, subject, expected, found, fix }: CheckResult): string {
  const mark = passed ? '<span class="good">passed</span>' : '<span class="bad">failed</span>';
  const cells = `<tr${passed ? '' : ' class="failed"'}><td>${mark}</td><td>${escapeMarkup(subject)}</td><td>${escapeMarkup(expected)}</td><td>${escapeMarkup(found)}</td></tr>`;
  return fix === null
    ? cells
    : `${cells}\n<tr class="failed"><td class="fix"></td><td class="fix" colspan="3">${escapeMarkup(fix)}</td></tr>`;
}
