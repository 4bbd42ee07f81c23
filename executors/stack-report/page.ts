import { posix } from 'node:path';
import { barBlock, sectionBlocks, tableBlock, tilesBlock, type Section } from '../../packages/report/blocks';
import { escapeMarkup, nameMarkup } from '../../packages/report/markup';
import { megabytes } from '../../packages/report/megabytes';
import { renderPage } from '../../packages/report/page-shell';
import { pageStyle, reportStyle } from '../../packages/report/page-style';
import { severities } from '../../packages/images/finding';
import { reportFolder, type ReportSummary } from '../report-summary';
import type { StackSizeReport } from '../stack-size';

/**
 * The page of all images. Pure.
 * @param owner project that the page belongs to: links to other pages start in its folder
 * @param summaries one for each image of `size`
 */
export function formatStackPage(
  owner: string,
  size: StackSizeReport,
  summaries: readonly ReportSummary[],
): string {
  const { budget, percent, passed } = size;
  const total = size[budget.of];
  const share = percent === null ? '' : `${percent.toFixed(1)} % of `;
  const over = passed ? '' : `, ${megabytes(total - budget.bytes)} too much`;
  const text = `All images together: ${megabytes(total)} ${budget.of}, ${share}the budget of ${budget.text}${over}`;
  const { list, parts } = sectionBlocks([imagesSection(owner, size, summaries), sharedSection(size)]);
  return renderPage({
    title: 'Images of the workspace',
    style: `${pageStyle}\n${reportStyle}`,
    body: [
      '<h1>Images of the workspace</h1>',
      tiles(size, summaries),
      `<p>${escapeMarkup(text)}</p>`,
      barBlock(percent ?? (total > 0 ? Infinity : 0), text),
      list,
      ...parts,
    ],
  });
}

function tiles(size: StackSizeReport, summaries: readonly ReportSummary[]): string {
  const apart = summaries.reduce((sum, { uncompressed }) => sum + uncompressed, 0);
  const serious = summaries.reduce((sum, { findings }) => sum + findings.critical + findings.high, 0);
  const over = summaries.filter((summary) => (percentOf(summary) ?? 0) > 100).length;
  return tilesBlock([
    {
      name: 'Images',
      value: String(summaries.length),
      note: `${over} over their budget`,
      mark: over > 0 ? 'bad' : 'good',
    },
    {
      name: 'Uncompressed',
      value: megabytes(size.uncompressed),
      note: `${megabytes(apart)} without sharing`,
    },
    { name: 'Compressed', value: megabytes(size.compressed), note: 'shared layers once' },
    {
      name: 'Serious findings',
      value: String(serious),
      note: 'critical or high',
      mark: serious > 0 ? 'bad' : 'good',
    },
  ]);
}

function imagesSection(owner: string, size: StackSizeReport, summaries: readonly ReportSummary[]): Section {
  const own = new Map(size.images.map((image) => [image.project, image.own]));
  const rows = [...summaries]
    .sort((a, b) => b.uncompressed - a.uncompressed || (a.project < b.project ? -1 : 1))
    .map((summary) => {
      const { project, uncompressed, compressed, base, wasted, duplicated, findings, scanner } = summary;
      return [
        `<a href="${escapeMarkup(linkTo(project, owner))}">${nameMarkup(project)}</a>`,
        megabytes(uncompressed),
        budgetCell(summary),
        megabytes(compressed),
        megabytes(own.get(project)?.uncompressed ?? 0),
        megabytes(wasted + duplicated),
        ...severities
          .slice(0, 4)
          .map((severity, at) => counted(findings[severity], at < 2 ? 'bad' : at === 2 ? 'warn' : 'soft')),
        scanner === null ? '<span class="soft">audit only</span>' : nameMarkup(scanner),
        `<code>${nameMarkup(base.name)}</code>`,
      ];
    });
  const number = (title: string) => ({ title, kind: 'number' }) as const;
  const columns = [
    { title: 'Image', kind: 'fixed' },
    number('Size'),
    { title: 'Of its budget', kind: 'fixed' },
    number('Compressed'),
    number('Its own'),
    number('Waste'),
    number('Critical'),
    number('High'),
    number('Medium'),
    number('Low'),
    { title: 'Scanned by', kind: 'fixed' },
    { title: 'Base' },
  ] as const;
  return {
    id: 'images',
    title: 'Images',
    note: 'the largest first; “its own”: layers that no other image has',
    blocks: [tableBlock('Images', columns, rows)],
  };
}

function sharedSection({ shared }: StackSizeReport): Section {
  const saved = shared.reduce((sum, { uncompressed, images }) => sum + uncompressed * (images.length - 1), 0);
  const rows = shared.map(({ uncompressed, compressed, images, diffId }) => [
    megabytes(uncompressed),
    megabytes(compressed),
    nameMarkup(images.join(', ')),
    `<code>${escapeMarkup(diffId.slice(0, 19))}…</code>`,
  ]);
  return {
    id: 'shared',
    title: 'Shared layers',
    note:
      shared.length === 0 ? '' : `each stored once: ${megabytes(saved)} saved on a node that has all images`,
    blocks: [
      rows.length === 0
        ? '<p>No two images have a layer in common.</p>'
        : tableBlock(
            'Shared layers',
            [
              { title: 'Uncompressed', kind: 'number' },
              { title: 'Compressed', kind: 'number' },
              { title: 'Images', kind: 'path' },
              { title: 'Layer', kind: 'fixed' },
            ],
            rows,
          ),
    ],
  };
}

/** Null for an image without a budget. */
function percentOf(summary: ReportSummary): number | null {
  const { budget } = summary;
  if (budget === null) return null;
  return budget.bytes === 0 ? Infinity : (100 * summary[budget.of]) / budget.bytes;
}

function budgetCell(summary: ReportSummary): string {
  const percent = percentOf(summary);
  if (percent === null) return '<span class="soft">no budget</span>';
  const shown = Number.isFinite(percent) ? `${percent.toFixed(1)} %` : 'over';
  const text = `${shown} of ${summary.budget?.text}`;
  return `${escapeMarkup(text)}${barBlock(percent, text)}`;
}

function counted(count: number, mark: string): string {
  return count === 0 ? '<span class="soft">0</span>' : `<span class="${mark}">${count}</span>`;
}

/** From one page to another; names of projects may hold slashes. */
function linkTo(project: string, owner: string): string {
  const path = posix.relative(reportFolder(owner), posix.join(reportFolder(project), 'index.html'));
  return path.split('/').map(encodeURIComponent).join('/');
}
