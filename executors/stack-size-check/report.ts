import { megabytes } from '../../packages/report/megabytes';
import type { StackSizeReport } from '../stack-size';
import { table } from '../table';

/** The report as text for a terminal. Pure. */
export function formatStackSizeReport(report: StackSizeReport): string {
  const { budget, percent, passed } = report;
  const lines = table(
    ['image', 'uncompressed', 'compressed', 'of its own'],
    [
      ...report.images.map(({ project, uncompressed, compressed, own }) => [
        project,
        megabytes(uncompressed),
        megabytes(compressed),
        megabytes(own.uncompressed),
      ]),
      ['together, shared layers once', megabytes(report.uncompressed), megabytes(report.compressed), ''],
    ],
  );
  if (report.shared.length > 0) {
    lines.push('', 'Shared layers');
    lines.push(
      ...table(
        ['size', 'images'],
        report.shared.map(({ uncompressed, images }) => [megabytes(uncompressed), images.join(', ')]),
      ),
    );
  }
  const share = percent === null ? '' : `${percent.toFixed(1)} %  `;
  lines.push('', `Budget ${budget.text} ${budget.of}: ${share}${passed ? 'passed' : 'FAILED'}`);
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}
