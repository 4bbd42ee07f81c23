import { chooseChecks } from './choose';
import { inTurns } from '../in-turns';
import { formatJUnit, formatVerifyReport } from './report';
import { formatVerifyPage } from './report-page';
import { checkIds, judged, type VerifyReport } from './result';

const hostile = `</td><script>alert("1")</script>&'\u0000`;
const report: VerifyReport = {
  schemaVersion: 1,
  stack: 'acme',
  environment: 'dev',
  passed: false,
  results: [
    judged('health', 'api', 'healthy', 'healthy', true, ''),
    judged('health', hostile, 'healthy', hostile, false, `See ${hostile}`),
    judged('user', 'api', '1001:1001', '1001:1001', true, ''),
  ],
  skipped: [{ check: 'smoke', reason: `no accounts ${hostile}` }],
  seconds: { health: 1.25, user: 0 },
};

it('is a table with what failed, and how it is mended, below', () => {
  const text = formatVerifyReport(report);
  expect(text).toContain('acme (dev): NOT as described');
  expect(text).toMatch(/FAILED +health +1 of 2 +1\.3 s/);
  expect(text).toMatch(/ok +user +1 /);
  expect(text).toContain('    See </td>');
  expect(text).toContain('smoke: skipped: no accounts');
});

it('is XML that a CI server reads, whatever the names are', () => {
  const text = formatJUnit(report);
  expect(text).toContain('<testsuites name="verify" tests="4" failures="1">');
  expect(text).toContain('<testsuite name="health" tests="2" failures="1" time="1.250">');
  expect(text).toContain('&lt;script&gt;alert(&quot;1&quot;)');
  expect(text).not.toContain('\u0000');
  expect(text.match(/<testcase /g)).toHaveLength(4);
  expect(text).toContain('<skipped message="no accounts');
});

it('is a page in which no name of the stack becomes markup, and which may load nothing', () => {
  const page = formatVerifyPage(report);
  expect(page).not.toContain('<script>');
  expect(page).not.toMatch(/https?:\/\/|src=|url\(/);
  expect(page).toContain("default-src 'none'");
  expect(page.match(/<details open>/g)).toHaveLength(1);
  expect(formatVerifyPage({ ...report, passed: true, results: report.results.slice(0, 1) })).toContain(
    'Everything is as described',
  );
});

it('chooses checks by name, and skips none without a reason', () => {
  expect([...chooseChecks().chosen]).toEqual([...checkIds]);
  expect([...chooseChecks(['user', 'health'], ['health=slow = bad']).chosen]).toEqual(['user']);
  expect(chooseChecks([], ['health=slow = bad']).skipped).toEqual([
    { check: 'health', reason: 'slow = bad' },
  ]);
  expect(() => chooseChecks([], ['health'])).toThrow('verify: skip: health has no reason.');
  expect(() => chooseChecks(['helth'])).toThrow('verify: only: "helth" is not a check. Did you mean health?');
});

it('works at no more items at a time than it may, and keeps their order', async () => {
  let atOnce = 0;
  let most = 0;
  const results = await inTurns([30, 1, 20, 2], 2, async (ms) => {
    most = Math.max(most, (atOnce += 1));
    await new Promise((resolve) => setTimeout(resolve, ms));
    atOnce -= 1;
    return ms * 2;
  });
  expect([results, most]).toEqual([[60, 2, 40, 4], 2]);
  await expect(inTurns([1], 1, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
});
