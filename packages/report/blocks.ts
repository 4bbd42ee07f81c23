import { escapeMarkup } from './markup';

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly kind?: 'number' | 'path' | 'fixed';
}

/**
 * A table that can be moved aside where it is too wide, with the keyboard, too. Cells are markup.
 * @param label what it is a table of, for those who do not see the page
 */
export function tableBlock(
  label: string,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const attribute = ({ kind }: Column) => (kind ? ` class="${kind}"` : '');
  const head = columns.map(
    (column) => `<th scope="col"${attribute(column)}>${escapeMarkup(column.title)}</th>`,
  );
  const body = rows.map(
    (cells) => `<tr>${cells.map((cell, at) => `<td${attribute(columns[at]!)}>${cell}</td>`).join('')}</tr>`,
  );
  return [
    `<div class="scroll" role="region" tabindex="0" aria-label="${escapeMarkup(label)}">`,
    `<table><thead><tr>${head.join('')}</tr></thead><tbody>`,
    ...body,
    '</tbody></table></div>',
  ].join('\n');
}

/** A list of figures, each with its name and a line about it. Texts, not markup. */
export function tilesBlock(
  tiles: readonly {
    readonly name: string;
    readonly value: string;
    readonly note?: string;
    readonly mark?: Mark;
  }[],
): string {
  const items = tiles.map(({ name, value, note = '', mark }) => {
    const small = note === '' ? '' : `<small>${escapeMarkup(note)}</small>`;
    const className = mark ? ` class="${mark}"` : '';
    return `<div><dt>${escapeMarkup(name)}</dt><dd${className}>${escapeMarkup(value)}${small}</dd></div>`;
  });
  return `<dl class="tiles">${items.join('')}</dl>`;
}

export type Mark = 'good' | 'warn' | 'bad';

/** Percent of a budget from which on it is nearly used up. */
const near = 90;

/** How a percentage of a budget is to be seen. */
export function markOf(percent: number): Mark {
  return percent > 100 ? 'bad' : percent >= near ? 'warn' : 'good';
}

/** A bar that is filled so far; over 100 % it is full, in another colour. */
export function barBlock(percent: number, label: string): string {
  const kind = { good: '', warn: ' near', bad: ' over' }[markOf(percent)];
  return `<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" role="img" aria-label="${escapeMarkup(label)}"><rect class="fill${kind}" width="${Math.min(100, percent).toFixed(2)}" height="1"/></svg>`;
}

/** A long table under its heading, folded. */
export function foldedBlock(summary: string, block: string): string {
  return `<details><summary>${escapeMarkup(summary)}</summary>\n${block}\n</details>`;
}

/** A part of a page that its list of parts leads to. */
export interface Section {
  readonly id: string;
  readonly title: string;
  /** A short text behind the title, e.g. a sum. */
  readonly note: string;
  readonly blocks: readonly string[];
}

/** Parts of a page, and the list that leads to them. */
export function sectionBlocks(sections: readonly Section[]): {
  readonly list: string;
  readonly parts: readonly string[];
} {
  const links = sections.map(({ id, title }) => `<a href="#${id}">${escapeMarkup(title)}</a>`);
  return {
    list: `<nav class="sections" aria-label="Parts of this page">${links.join('')}</nav>`,
    parts: sections.flatMap(({ id, title, note, blocks }) => [
      `<section aria-labelledby="${id}">`,
      `<h2 id="${id}">${escapeMarkup(title)}${note === '' ? '' : ` <span class="soft">${escapeMarkup(note)}</span>`}</h2>`,
      ...blocks,
      '</section>',
    ]),
  };
}
