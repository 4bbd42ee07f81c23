import { sectionBlocks, tilesBlock, type Section } from '../../packages/report/blocks';
import { countOf } from '../../packages/report/count';
import { encodeFiles } from '../../packages/report/file-columns';
import { escapeMarkup, nameMarkup, visibleText } from '../../packages/report/markup';
import { megabytes } from '../../packages/report/megabytes';
import { packPageData } from '../../packages/report/page-data';
import { pageScript } from '../../packages/report/page-script.gen';
import { renderPage } from '../../packages/report/page-shell';
import { pageStyle, reportStyle } from '../../packages/report/page-style';
import type { ReportSummary } from '../report-summary';
import { compareSummaries } from './compare';
import { countFindings, type ImageReport } from './image-report';
import { comparisonSection } from './comparison-section';
import { findingsSection, packagesSection } from './content-sections';
import { budgetBlock, colourOf, layersSection, shortInstruction, wasteSection } from './size-sections';

/** Hidden files that the treemap of layers shows. */
const mostWasted = 5000;

/** The page of one image. Every text out of the image is escaped, or lies in the packed data. Pure. */
export function formatReportPage(report: ImageReport, summary: ReportSummary): string {
  const { record, analysis, baseLayers, before, baselineFile } = report;
  const comparison = before && compareSummaries(before, summary);
  const sections = [
    treemapSection(report),
    layersSection(report),
    wasteSection(report),
    findingsSection(report),
    packagesSection(report),
    comparisonSection(comparison, baselineFile),
  ];
  const { list, parts } = sectionBlocks(sections);
  return renderPage({
    title: `${record.project}: image report`,
    style: `${pageStyle}\n${reportStyle}`,
    body: [
      `<h1>${escapeMarkup(record.project)}</h1>`,
      `<p class="soft">${subtitle(report)}</p>`,
      tiles(report),
      budgetBlock(report),
      list,
      ...parts,
    ],
    data: packPageData({
      files: encodeFiles(analysis.largest),
      layers: analysis.layers.map(({ instruction }, at) => ({
        title: visibleText(shortInstruction(instruction)).slice(0, 160),
        colour: colourOf(at + 1, baseLayers),
      })),
      wasted: analysis.waste
        .slice(0, mostWasted)
        .map(({ path, bytes, layer, laterLayer, by }) => [path, bytes, layer, laterLayer, by] as const),
    }),
    script: pageScript,
  });
}

function subtitle({ record, platform }: ImageReport): string {
  const others = record.platforms.filter((one) => one !== platform);
  const shown =
    others.length === 0 ? platform : `${platform} (sizes and files; also built for ${others.join(', ')})`;
  const names = record.tags.length === 0 ? '' : `${nameMarkup(record.tags.join(', '))} · `;
  return `${names}${escapeMarkup(shown)} · on <code>${nameMarkup(record.base.name)}</code><br><code>${escapeMarkup(record.digest)}</code>`;
}

function tiles({ analysis, duplicates, findings, packages, scanner }: ImageReport): string {
  const counts = countFindings(findings);
  const serious = counts.critical + counts.high;
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const lost = analysis.wasted + duplicates.wasted;
  return tilesBlock([
    { name: 'Uncompressed', value: megabytes(analysis.uncompressed), note: 'on a node' },
    { name: 'Compressed', value: megabytes(analysis.compressed), note: 'in a registry' },
    {
      name: 'Files',
      value: analysis.files.toLocaleString('en'),
      note: `in ${countOf(analysis.layers.length, 'layer')}`,
    },
    { name: 'Waste', value: megabytes(lost), note: 'hidden files and copies' },
    {
      name: 'Findings',
      value: String(all),
      note: `${counts.critical} critical, ${counts.high} high${scanner === null ? '; audit only' : ''}`,
      mark: serious > 0 ? 'bad' : 'good',
    },
    {
      name: 'Packages',
      value: packages === null ? '–' : packages.packages.length.toLocaleString('en'),
      note: packages === null ? 'not listed' : 'as far as catalogued',
    },
  ]);
}

function treemapSection({ analysis, baseLayers }: ImageReport): Section {
  const listed = analysis.largest.reduce((sum, { bytes }) => sum + bytes, 0);
  const missing = analysis.files - analysis.largest.length;
  const bound = missing > 0 ? ` Not shown: ${countOf(missing, 'small file')}.` : '';
  return {
    id: 'files',
    title: 'Files',
    note: megabytes(listed),
    blocks: [
      '<div class="controls">',
      '<fieldset><legend>Show</legend><label><input type="radio" name="view" value="folders" checked autocomplete="off"> folders</label><label><input type="radio" name="view" value="layers" autocomplete="off"> layers</label></fieldset>',
      '<label>Search <input type="search" id="search" autocomplete="off" spellcheck="false" placeholder="part of a path"></label>',
      '</div>',
      '<nav class="crumbs" aria-label="Folder that is shown"><ol id="crumbs"></ol></nav>',
      '<div class="map" id="map" role="group" aria-label="Treemap of the files by size" aria-describedby="keys" tabindex="-1"><noscript><p>The treemap needs JavaScript; the tables below do not.</p></noscript></div>',
      '<p class="status" id="status"></p>',
      '<div class="hidden" id="announce" role="status"></div>',
      '<div class="hits" id="hits"></div>',
      `<p class="soft keys" id="keys">Areas are sizes, colours are layers${baseLayers > 0 ? ' (grey: the base image)' : ''}. <kbd>←</kbd> <kbd>↑</kbd> <kbd>→</kbd> <kbd>↓</kbd> move, <kbd>Enter</kbd> opens a folder, <kbd>Backspace</kbd> leaves it, <kbd>/</kbd> searches.${bound}</p>`,
    ],
  };
}
