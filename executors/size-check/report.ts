import type { Budget } from '../../packages/service/types';
import type { SizeAnalysis } from '../../packages/images/analyse';
import { megabytes } from '../../packages/report/megabytes';
import { table } from '../table';

/** One result of a check, as every executor reports it. */
export interface Finding {
  readonly id: 'size-over-budget' | 'size-near-budget';
  readonly severity: 'error' | 'warning';
  /** File that the user would change. */
  readonly file: string;
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}

/** `dist/reports/<project>/size.json`. Sizes in bytes. */
export interface SizeReport extends SizeAnalysis {
  readonly schemaVersion: 1;
  readonly project: string;
  readonly digest: string;
  readonly budget: Budget;
  /** Size that the budget limits, as a percentage of it; null for a budget of nothing. */
  readonly percent: number | null;
  readonly passed: boolean;
  readonly findings: readonly Finding[];
}

export interface Subject {
  readonly project: string;
  readonly digest: string;
  /** File that holds the budget, for findings. */
  readonly description: string;
  readonly budget: Budget;
  readonly warnAt: number;
}

/** Judges an analysis. Pure. */
export function judgeSize(analysis: SizeAnalysis, subject: Subject): SizeReport {
  const { budget, project, digest } = subject;
  const size = analysis[budget.of];
  const percent = budget.bytes === 0 ? null : (size / budget.bytes) * 100;
  const passed = size <= budget.bytes;
  const largest = analysis.largest[0];
  const fix = `Look at the largest files and the waste in the report${largest ? ` (first: ${printable(largest.path)}, ${megabytes(largest.bytes)})` : ''}, or raise the budget.`;
  const findings: Finding[] = [];
  const base = { file: subject.description, path: 'budget', fix };
  if (!passed)
    findings.push({
      ...base,
      id: 'size-over-budget',
      severity: 'error',
      message: `${project}: ${megabytes(size)} ${budget.of} is ${megabytes(size - budget.bytes)} over the budget of ${budget.text}.`,
    });
  else if ((percent ?? 0) >= subject.warnAt)
    findings.push({
      ...base,
      id: 'size-near-budget',
      severity: 'warning',
      message: `${project}: ${megabytes(size)} ${budget.of} is ${Math.floor(percent ?? 0)} % of the budget of ${budget.text}.`,
    });
  return { schemaVersion: 1, project, digest, budget, percent, passed, findings, ...analysis };
}

/** The report as text for a terminal. Pure. */
export function formatSizeReport(report: SizeReport): string {
  const lines = [`${report.project}  ${report.digest}`, ''];
  lines.push(
    ...table(
      ['#', 'compressed', 'uncompressed', 'files', 'instruction'],
      [
        ...report.layers.map((layer, at) => [
          String(at + 1),
          megabytes(layer.compressed),
          megabytes(layer.uncompressed),
          String(layer.files),
          instruction(layer.instruction),
        ]),
        ['', megabytes(report.compressed), megabytes(report.uncompressed), String(report.files), 'the image'],
      ],
    ),
    '',
  );
  if (report.largest.length > 0) {
    lines.push('Largest files');
    lines.push(
      ...table(
        ['size', 'layer', 'path'],
        report.largest.map(({ path, bytes, layer }) => [megabytes(bytes), String(layer), printable(path)]),
      ),
      '',
    );
  }
  lines.push(`Wasted (overwritten or deleted by a later layer): ${megabytes(report.wasted)}`);
  if (report.waste.length > 0)
    lines.push(
      ...table(
        ['size', 'layer', 'path', ''],
        report.waste.map(({ path, bytes, layer, by, laterLayer }) => [
          megabytes(bytes),
          String(layer),
          printable(path),
          `${by} by layer ${laterLayer}`,
        ]),
      ),
    );
  const filled = Math.min(30, Math.round(((report.percent ?? Infinity) / 100) * 30));
  const percent = report.percent === null ? '' : `${report.percent.toFixed(1)} %  `;
  lines.push(
    '',
    `Budget ${report.budget.text} ${report.budget.of}: [${'#'.repeat(filled)}${'.'.repeat(30 - filled)}] ${percent}${report.passed ? 'passed' : 'FAILED'}`,
  );
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

/** Names come out of an image: what would steer the terminal is shown as `\x1b`, not sent to it. */
function printable(text: string): string {
  return text.replace(
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

function instruction(createdBy: string): string {
  const text =
    printable(createdBy.replace(/[\t\r\n]+/g, ' '))
      .replace(/\s+# buildkit$/, '')
      .replace(/\s+/g, ' ')
      .trim() || '(not recorded)';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
