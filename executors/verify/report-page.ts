import { byCheck, xml } from './report';
import { checkTitles, type CheckId, type CheckResult, type VerifyReport } from './result';

const style = `
:root { color-scheme: light dark; --text: #1c2024; --soft: #60646c; --line: #d9d9e0; --page: #fff; --bad: #b3261e; --bad-page: #fdecea; --good: #1a7f37; }
@media (prefers-color-scheme: dark) { :root { --text: #edeef0; --soft: #b0b4ba; --line: #363a3f; --page: #111113; --bad: #ff9592; --bad-page: #3b1219; --good: #71d083; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); }
h1 { font-size: 1.5rem; margin: 0; }
p.verdict { font-size: 1.125rem; font-weight: 600; margin: .25rem 0 1.5rem; }
.good { color: var(--good); } .bad { color: var(--bad); }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; }
summary { cursor: pointer; padding: .5rem .75rem; display: flex; gap: .75rem; align-items: baseline; }
summary:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; border-radius: .5rem; }
summary .time { margin-left: auto; color: var(--soft); font-variant-numeric: tabular-nums; white-space: nowrap; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { text-align: left; padding: .375rem .75rem; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 600; }
tr.failed { background: var(--bad-page); }
td.fix { padding-top: 0; border-top: 0; }
`.trim();

/** The report as one page that needs nothing else: no script, no request. Every text of the stack is escaped. Pure. */
export function formatVerifyPage(report: VerifyReport): string {
  const failures = report.results.filter(({ passed }) => !passed).length;
  const verdict = report.passed
    ? `<p class="verdict good">Everything is as described: ${report.results.length} results.</p>`
    : `<p class="verdict bad">Not as described: ${failures} of ${report.results.length} results failed.</p>`;
  const title = `${xml(report.stack)} (${xml(report.environment)})`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Verification of ${title}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<main>',
    `<h1>Verification of ${title}</h1>`,
    verdict,
    ...byCheck(report).map(([id, results]) => section(id, results, report.seconds[id] ?? 0)),
    ...report.skipped.map(
      ({ check, reason }) =>
        `<details><summary><span>skipped</span><span>${xml(checkTitles[check])}</span></summary><div class="scroll"><table><tr><td>${xml(reason)}</td></tr></table></div></details>`,
    ),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** What failed stands open. */
function section(id: CheckId, results: readonly CheckResult[], seconds: number): string {
  const failed = results.filter(({ passed }) => !passed).length;
  const mark =
    failed === 0 ? '<span class="good">passed</span>' : `<span class="bad">${failed} failed</span>`;
  const rows = [...results].sort((a, b) => Number(a.passed) - Number(b.passed)).map(row);
  return [
    `<details${failed === 0 ? '' : ' open'}>`,
    `<summary>${mark}<span>${xml(checkTitles[id])}</span><span class="time">${results.length} × ${xml(id)}, ${seconds.toFixed(1)} s</span></summary>`,
    '<div class="scroll"><table><thead><tr><th scope="col">Result</th><th scope="col">Subject</th><th scope="col">Expected</th><th scope="col">Found</th></tr></thead><tbody>',
    ...rows,
    '</tbody></table></div></details>',
  ].join('\n');
}

function row({ passed, subject, expected, found, fix }: CheckResult): string {
  const mark = passed ? '<span class="good">passed</span>' : '<span class="bad">failed</span>';
  const cells = `<tr${passed ? '' : ' class="failed"'}><td>${mark}</td><td>${xml(subject)}</td><td>${xml(expected)}</td><td>${xml(found)}</td></tr>`;
  return fix === null
    ? cells
    : `${cells}\n<tr class="failed"><td class="fix"></td><td class="fix" colspan="3">${xml(fix)}</td></tr>`;
}
