import { barBlock, tableBlock, type Section } from '../../packages/report/blocks';
import { escapeMarkup, nameMarkup } from '../../packages/report/markup';
import { megabytes } from '../../packages/report/megabytes';
import type { ImageReport } from './image-report';

/** Rows of a table that are shown; the others are in the treemap. */
const mostRows = 100;

/** Number of a layer's colour: grey for the base's, the others in turn. */
export function colourOf(layer: number, baseLayers: number): number {
  return layer <= baseLayers ? 0 : ((layer - baseLayers - 1) % 7) + 1;
}

/** An instruction in one line, as history writes it but for what only BuildKit needs. */
export function shortInstruction(instruction: string): string {
  return (
    instruction
      .replace(/\s+/g, ' ')
      .replace(/ # buildkit$/, '')
      .trim() || '(not recorded)'
  );
}

export function layersSection({ analysis, baseLayers, record }: ImageReport): Section {
  const rows = analysis.layers.map(({ instruction, compressed, uncompressed, files }, at) => [
    `<span class="swatch c${colourOf(at + 1, baseLayers)}"></span> ${at + 1}`,
    megabytes(uncompressed),
    megabytes(compressed),
    String(files),
    `<code>${nameMarkup(shortInstruction(instruction))}</code>${at < baseLayers ? ' <span class="soft">(base image)</span>' : ''}`,
  ]);
  return {
    id: 'layers',
    title: 'Layers',
    note: `${analysis.layers.length}, on ${record.base.name}`,
    blocks: [
      tableBlock(
        'Layers',
        [
          { title: '#', kind: 'fixed' },
          { title: 'Uncompressed', kind: 'number' },
          { title: 'Compressed', kind: 'number' },
          { title: 'Files', kind: 'number' },
          { title: 'Made by', kind: 'path' },
        ],
        rows,
      ),
    ],
  };
}

export function wasteSection({ analysis, duplicates }: ImageReport): Section {
  const { waste, wasted } = analysis;
  const hidden = waste
    .slice(0, mostRows)
    .map(({ path, bytes, layer, by, laterLayer }) => [
      megabytes(bytes),
      nameMarkup(path),
      `layer ${layer}`,
      `${by} by layer ${laterLayer}`,
    ]);
  const copies = duplicates.groups
    .slice(0, mostRows)
    .map(({ bytes, paths, wasted: lost }) => [
      megabytes(lost),
      megabytes(bytes),
      String(paths.length),
      paths.slice(0, 8).map(nameMarkup).join('<br>') +
        (paths.length > 8 ? `<br><span class="soft">and ${paths.length - 8} more</span>` : ''),
    ]);
  return {
    id: 'waste',
    title: 'Waste',
    note: `${megabytes(wasted)} hidden, ${megabytes(duplicates.wasted)} in copies`,
    blocks: [
      hidden.length === 0
        ? '<p>No layer overwrites or deletes a file of an earlier one.</p>'
        : `<p>Overwritten or deleted by a later layer: pulled and stored, never seen.${leftOut(waste.length)}</p>`,
      hidden.length === 0
        ? ''
        : tableBlock(
            'Hidden files',
            [
              { title: 'Size', kind: 'number' },
              { title: 'Path', kind: 'path' },
              { title: 'In', kind: 'fixed' },
              { title: 'What became of it', kind: 'fixed' },
            ],
            hidden,
          ),
      copies.length === 0
        ? '<p>No file of 4 kB or more is there twice.</p>'
        : `<p>Files with the same content, from 4 kB on.${leftOut(duplicates.groups.length)}</p>`,
      copies.length === 0
        ? ''
        : tableBlock(
            'Copies of the same content',
            [
              { title: 'Saved by one', kind: 'number' },
              { title: 'Each', kind: 'number' },
              { title: 'Copies', kind: 'number' },
              { title: 'Paths', kind: 'path' },
            ],
            copies,
          ),
    ],
  };
}

function leftOut(count: number): string {
  return count > mostRows ? ` The ${mostRows} largest of ${count}:` : '';
}

/** The size as a part of its budget. */
export function budgetBlock({ budget, analysis, record }: ImageReport): string {
  if (budget === null) return `<p class="soft">${escapeMarkup(record.project)} has no size budget.</p>`;
  const size = analysis[budget.of];
  const percent = budget.bytes === 0 ? Infinity : (100 * size) / budget.bytes;
  const share = Number.isFinite(percent) ? `${percent.toFixed(1)} % of` : 'over';
  const over = size > budget.bytes ? `, ${megabytes(size - budget.bytes)} too much` : '';
  const text = `${megabytes(size)} ${budget.of}: ${share} the budget of ${budget.text}${over}`;
  return `<p>${escapeMarkup(text)}</p>\n${barBlock(percent, text)}`;
}
